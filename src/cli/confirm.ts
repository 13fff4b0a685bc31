/** Asks a person before something that cannot be undone. */

import { createInterface } from 'node:readline';
import type { Output } from './output.ts';

/** True for `y` and `yes`. Where there is no terminal nobody can be asked, and the command line is taken at its word. */
export async function confirm(question: string, output: Output): Promise<boolean> {
  if (!process.stdin.isTTY || !output.interactive) return true;
  const lines = createInterface({ input: process.stdin, output: output.stderr });
  try {
    const { promise, resolve } = Promise.withResolvers<string>();
    lines.once('close', () => resolve(''));
    lines.once('SIGINT', () => lines.close());
    lines.question(`${question} [y/N] `, resolve);
    return /^y(?:es)?$/i.test((await promise).trim());
  } finally {
    lines.close();
  }
}
