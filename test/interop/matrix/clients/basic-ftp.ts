/** basic-ftp, in the process of the test. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SecureVersion } from 'node:tls';
import { Client } from 'basic-ftp';
import type { InteropClient, Mode, Step, Visit } from '../interop-client.ts';

const versions: Record<Mode, { readonly minVersion?: SecureVersion; readonly maxVersion?: SecureVersion }> = {
  plain: {},
  'TLS 1.2': { maxVersion: 'TLSv1.2' },
  'TLS 1.3': { maxVersion: 'TLSv1.3' },
  implicit: {},
};

async function connect(visit: Visit): Promise<Client> {
  const client = new Client(30_000);
  await client.access({
    host: '127.0.0.1',
    port: visit.port,
    user: 'user',
    password: 'pass',
    secure: visit.mode === 'implicit' ? 'implicit' : visit.mode !== 'plain',
    secureOptions: { ca: await readFile(visit.caFile), ...versions[visit.mode] },
  });
  return client;
}

async function perform(client: Client, step: Step): Promise<string[]> {
  switch (step.do) {
    case 'put':
      if (step.from === undefined) await client.uploadFrom(step.local, step.remote);
      else await client.appendFrom(step.local, step.remote, { localStart: step.from });
      return [];
    case 'get':
      await client.downloadTo(step.local, step.remote, step.from);
      return [];
    case 'rename':
      await client.rename(step.remote, step.to);
      return [];
    default:
      return (await client.list()).map((entry) => entry.name);
  }
}

export const basicFtp: InteropClient = {
  name: 'basic-ftp',
  from: 'npm package basic-ftp',
  version: () => (createRequire(import.meta.url)('basic-ftp/package.json') as { version: string }).version,
  modes: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
  cannot: (column) => (column === 'active' ? 'basic-ftp has no active mode' : undefined),
  cannotSay: {},
  run: async (visit, steps) => {
    const client = await connect(visit);
    try {
      const names: string[] = [];
      for (const step of steps) names.push(...(await perform(client, step)));
      return names;
    } finally {
      client.close();
    }
  },
};
