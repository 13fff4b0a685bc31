/** rclone: one call for each step. */

import type { InteropClient, Step, Visit } from '../interop-client.ts';
import { linesOf, succeed, versionOf } from '../programs.ts';

let password: Promise<string> | undefined;

/** rclone takes passwords only in its own disguise. */
function disguisedPassword(): Promise<string> {
  password ??= succeed('rclone', ['obscure', 'pass']).then((text) => text.trim());
  return password;
}

async function environment(visit: Visit): Promise<Record<string, string>> {
  const remote = {
    TYPE: 'ftp',
    HOST: '127.0.0.1',
    PORT: String(visit.port),
    USER: 'user',
    PASS: await disguisedPassword(),
    TLS: String(visit.mode === 'implicit'),
    EXPLICIT_TLS: String(visit.mode === 'TLS 1.2' || visit.mode === 'TLS 1.3'),
    DISABLE_TLS13: String(visit.mode === 'TLS 1.2'),
    NO_CHECK_CERTIFICATE: 'true',
    // By default spaces at the end become another character.
    ENCODING: 'Slash',
    ...(visit.withoutReuse === true ? { TLS_CACHE_SIZE: '0' } : {}),
  };
  const entries = Object.entries(remote).map(([key, value]) => [`RCLONE_CONFIG_T_${key}`, value]);
  return { ...(Object.fromEntries(entries) as Record<string, string>), RCLONE_CONFIG: '/dev/null' };
}

function words(step: Step): string[] {
  switch (step.do) {
    case 'put':
      return ['copyto', step.local, `t:${step.remote}`];
    case 'get':
      return ['copyto', `t:${step.remote}`, step.local];
    case 'rename':
      return ['moveto', `t:${step.remote}`, `t:${step.to}`];
    default:
      return ['lsf', 't:'];
  }
}

export const rclone: InteropClient = {
  name: 'rclone',
  from: 'rclone',
  version: () => versionOf('rclone', ['version'], /rclone v?([\d.]+)/),
  modes: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
  cannot: (column) => {
    if (column === 'active') return 'rclone has no active mode';
    return column.startsWith('resume') ? 'rclone begins a broken file again' : undefined;
  },
  cannotSay: {},
  run: async (visit, steps) => {
    const env = await environment(visit);
    const once = ['--retries', '1', '--low-level-retries', '1', '--ignore-times', '--cache-dir', visit.folder];
    const names: string[] = [];
    for (const step of steps) {
      const told = await succeed('rclone', [...words(step), ...once], { env });
      if (step.do === 'list') names.push(...linesOf(told));
    }
    return names;
  },
};
