/** curl: one call for each step. */

import type { InteropClient, Mode, Step, Visit } from '../interop-client.ts';
import { linesOf, succeed, versionOf } from '../programs.ts';

const tlsOptions: Record<Mode, readonly string[]> = {
  plain: [],
  'TLS 1.2': ['--ssl-reqd', '--tls-max', '1.2'],
  'TLS 1.3': ['--ssl-reqd', '--tlsv1.3'],
  implicit: [],
};

function optionsOf(visit: Visit): string[] {
  const active = visit.data === 'active' ? ['-P', '127.0.0.1'] : [];
  const reuse = visit.withoutReuse === true ? ['--no-sessionid'] : [];
  return ['-sS', '-u', 'user:pass', '--cacert', visit.caFile, ...tlsOptions[visit.mode], ...active, ...reuse];
}

function stepOptions(step: Step, url: (path: string) => string): string[] {
  switch (step.do) {
    case 'put':
      return ['-T', step.local, ...(step.from === undefined ? [] : ['-C', String(step.from)]), url(step.remote)];
    case 'get':
      return ['-o', step.local, ...(step.from === undefined ? [] : ['-C', String(step.from)]), url(step.remote)];
    case 'rename':
      return ['-I', '-Q', `RNFR ${step.remote}`, '-Q', `RNTO ${step.to}`, url('')];
    default:
      return ['-l', url('')];
  }
}

export const curl: InteropClient = {
  name: 'curl',
  from: 'curl',
  version: () => versionOf('curl', ['--version'], /curl ([\d.]+)/),
  modes: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
  cannot: (column, mode) =>
    column === 'active' && mode !== 'plain'
      ? 'curl 7.87 and 7.88 never begin TLS on the data lines of active mode (its issue 10666)'
      : undefined,
  cannotSay: {},
  run: async (visit, steps) => {
    const scheme = visit.mode === 'implicit' ? 'ftps' : 'ftp';
    const url = (path: string): string => `${scheme}://127.0.0.1:${visit.port}/${encodeURIComponent(path)}`;
    const names: string[] = [];
    for (const step of steps) {
      const told = await succeed('curl', [...optionsOf(visit), ...stepOptions(step, url)]);
      if (step.do === 'list') names.push(...linesOf(told));
    }
    return names;
  },
};
