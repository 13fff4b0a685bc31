/** Asks for a password on the terminal without showing it. */

import { Writable } from 'node:stream';
import type { Output } from './output.ts';

/** Undefined where there is no terminal to ask on. */
export function askPassword(user: string, host: string, output: Output): Promise<string | undefined> {
  return askSecret(`Password for ${user} at ${host}: `, output);
}

/** The same with a question of its own. */
export async function askSecret(question: string, output: Output): Promise<string | undefined> {
  if (!process.stdin.isTTY || !output.interactive) return undefined;
  const { createInterface } = await import('node:readline');
  output.stderr.write(question);
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: mute, terminal: true });
  try {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
    lines.once('SIGINT', () => lines.close());
    return await promise;
  } finally {
    lines.close();
    output.stderr.write('\n');
  }
}
