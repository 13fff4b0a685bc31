/** Where a new password comes from: standard input, the environment, or the terminal, typed twice. */

import { createInterface } from 'node:readline';
import { askPassword } from '../ask-password.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}

/** Throws `UsageError` when there is none, or the two typed ones differ. */
export async function newPassword(name: string, options: OptionValues, output: Output): Promise<string> {
  const given = options['passwordStdin'] === true ? await firstLine() : process.env['TWINLINE_PASSWORD'];
  const password = given ?? (await askPassword(name, 'this server', output));
  if (password === undefined || password === '') {
    throw new UsageError(`No password for "${name}": use a terminal, --password-stdin or TWINLINE_PASSWORD.`);
  }
  if (given === undefined && (await askPassword(name, 'this server, again', output)) !== password) {
    throw new UsageError('The two passwords differ: nothing was changed.');
  }
  return password;
}
