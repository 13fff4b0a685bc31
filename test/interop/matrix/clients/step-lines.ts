/** Steps as the drivers in other languages read them: one a line, parts between tabs. */

import type { Step, Visit } from '../interop-client.ts';

/** The words of the command line: mode, data connections, port, `reuse` or `no-reuse`. */
export function visitWords(visit: Visit): string[] {
  return [visit.mode, visit.data, String(visit.port), visit.withoutReuse === true ? 'no-reuse' : 'reuse'];
}

function lineOf(step: Step): string {
  switch (step.do) {
    case 'put':
      return ['put', step.local, step.remote, step.from ?? ''].join('\t');
    case 'get':
      return ['get', step.remote, step.local, step.from ?? ''].join('\t');
    case 'rename':
      return ['rename', step.remote, step.to].join('\t');
    default:
      return 'list';
  }
}

export function stepLines(steps: readonly Step[]): string {
  return steps.map((step) => `${lineOf(step)}\n`).join('');
}
