/** Python's ftplib, by a script that does the steps in one session. */

import { fileURLToPath } from 'node:url';
import type { InteropClient } from '../interop-client.ts';
import { linesOf, succeed, versionOf } from '../programs.ts';
import { stepLines, visitWords } from './step-lines.ts';

const driver = fileURLToPath(new URL('../drivers/ftplib_steps.py', import.meta.url));

export const ftplib: InteropClient = {
  name: 'ftplib',
  from: 'python3',
  version: () => versionOf('python3', ['--version'], /Python ([\d.]+)/),
  modes: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
  cannot: () => undefined,
  cannotSay: {},
  run: async (visit, steps) => {
    const words = [driver, ...visitWords(visit), visit.caFile];
    const env = { PYTHONIOENCODING: 'utf-8' };
    return linesOf(await succeed('python3', words, { input: stepLines(steps), env }));
  },
};
