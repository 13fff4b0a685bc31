/** tnftp, the `ftp` of the BSDs and of Debian: all steps as its commands. It has no TLS for FTP. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InteropClient, Step } from '../interop-client.ts';
import { linesOf, packageVersion, succeed, versionOf } from '../programs.ts';

/** In tnftp a backslash takes the meaning of any character; between quotation marks it would stand for itself. */
const quoted = (text: string): string => text.replaceAll(/[^\w/.\u{80}-\u{10ffff}]/gu, '\\$&');

function commandsOf(step: Step, listing: string): string[] {
  switch (step.do) {
    case 'put':
      return [
        ...(step.from === undefined ? [] : [`restart ${step.from}`]),
        `put ${quoted(step.local)} ${quoted(step.remote)}`,
      ];
    case 'get':
      return [`${step.from === undefined ? 'get' : 'reget'} ${quoted(step.remote)} ${quoted(step.local)}`];
    case 'rename':
      return [`rename ${quoted(step.remote)} ${quoted(step.to)}`];
    default:
      return [`nlist . ${quoted(listing)}`];
  }
}

export const tnftp: InteropClient = {
  name: 'tnftp',
  from: 'tnftp',
  version: () => (versionOf('tnftp', ['-?'], /(usage)/) === undefined ? undefined : packageVersion('tnftp')),
  modes: ['plain'],
  cannot: () => undefined,
  cannotSay: {},
  run: async (visit, steps) => {
    const listing = join(visit.folder, 'names');
    const login = ['user user pass', 'binary', 'prompt off'];
    const input = [...login, ...steps.flatMap((step) => commandsOf(step, listing)), 'quit', ''].join('\n');
    const words = ['-n', '-V', visit.data === 'active' ? '-A' : '-p', '127.0.0.1', String(visit.port)];
    await succeed('tnftp', words, { input, cwd: visit.folder, env: { HOME: visit.folder } });
    if (!steps.some((step) => step.do === 'list')) return [];
    return linesOf(await readFile(listing, 'utf8')).map((name) => name.replace(/^\.\//, ''));
  },
};
