/** Where a new password comes from: standard input, a file, the environment, or the terminal, typed twice. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ConfigError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import { askPassword } from '../ask-password.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { fileProblem } from '../file-problem.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}

async function firstLineOfFile(path: string): Promise<string> {
  const file = createReadStream(path);
  try {
    return await firstLine(file);
  } catch (error) {
    const message = `The password file ${path} cannot be read: ${fileProblem(error)}.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  } finally {
    file.destroy();
  }
}

function givenPassword(options: OptionValues): Promise<string> | string | undefined {
  const file = options['passwordFile'];
  if (options['passwordStdin'] === true && file !== undefined) {
    throw new UsageError('--password-stdin and --password-file exclude each other: leave one of them out.');
  }
  if (options['passwordStdin'] === true) return firstLine(process.stdin);
  return typeof file === 'string' ? firstLineOfFile(file) : process.env['TWINLINE_PASSWORD'];
}

/** Throws `UsageError` when there is none, or the two typed ones differ, and `ConfigError` for a file that cannot be read. */
export async function newPassword(name: string, options: OptionValues, output: Output): Promise<string> {
  const shown = printable(name);
  const given = await givenPassword(options);
  const password = given ?? (await askPassword(shown, 'this server', output));
  if (password === undefined || password === '') {
    const sources = 'use a terminal, --password-stdin, --password-file or TWINLINE_PASSWORD';
    throw new UsageError(`No password for "${shown}", or an empty one: ${sources}.`);
  }
  // No client can send these, so nobody could log in.
  if (/[\0\r\n]/.test(password)) throw new UsageError(`The password for "${shown}" must not hold NUL, CR or LF.`);
  if (given === undefined && (await askPassword(shown, 'this server, again', output)) !== password) {
    throw new UsageError('The two passwords differ: nothing was changed.');
  }
  return password;
}
