/** wget: one call for each step. It only fetches. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InteropClient, Mode, Visit } from '../interop-client.ts';
import { linesOf, succeed, versionOf } from '../programs.ts';

/** Debian builds wget with GnuTLS, where `--secure-protocol` names the least version only. */
const tlsOptions: Record<Mode, readonly string[]> = {
  plain: [],
  'TLS 1.2': ['--ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.2'],
  'TLS 1.3': ['--ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.3'],
  implicit: ['--ftps-implicit'],
};

function optionsOf(visit: Visit): string[] {
  const general = ['-q', '--tries=1', '--timeout=30', '--no-config', '--no-glob', '--user=user', '--password=pass'];
  const active = visit.data === 'active' ? ['--no-passive-ftp'] : [];
  return [...general, `--ca-certificate=${visit.caFile}`, ...tlsOptions[visit.mode], ...active];
}

/** Names of a Unix listing as LIST has it, which is what wget works with. */
function namesIn(listing: string): string[] {
  return linesOf(listing).flatMap((line) => /^(?:\S+ +){8}(.*)$/.exec(line)?.[1] ?? []);
}

export const wget: InteropClient = {
  name: 'wget',
  from: 'wget',
  version: () => versionOf('wget', ['--version'], /Wget ([\d.]+)/),
  modes: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
  cannot: (column) => (/up|rename/.test(column) ? 'wget only fetches' : undefined),
  cannotSay: {},
  run: async (visit, steps) => {
    const base = `${visit.mode === 'plain' ? 'ftp' : 'ftps'}://127.0.0.1:${visit.port}/`;
    const names: string[] = [];
    for (const step of steps) {
      if (step.do === 'get') {
        const resume = step.from === undefined ? [] : ['-c'];
        await succeed('wget', [
          ...optionsOf(visit),
          ...resume,
          '-O',
          step.local,
          base + encodeURIComponent(step.remote),
        ]);
      } else if (step.do === 'list') {
        await succeed('wget', [...optionsOf(visit), '--no-remove-listing', '-O', '/dev/null', base], {
          cwd: visit.folder,
        });
        names.push(...namesIn(await readFile(join(visit.folder, '.listing'), 'utf8')));
      } else throw new Error(`wget cannot ${step.do}`);
    }
    return names;
  },
};
