/** Programs that the matrix starts: where they are, which version, and what went wrong when one fails. */

import { spawnSync } from 'node:child_process';
import { type CommandOptions, runCommand } from '../../../src/testing/index.ts';

/** The first match of `pattern` in what the program prints when it is called with `args`; undefined where it is not there. */
export function versionOf(program: string, args: readonly string[], pattern: RegExp): string | undefined {
  const told = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000, stdio: ['ignore', 'pipe', 'pipe'] });
  return told.error === undefined ? pattern.exec(`${told.stdout}${told.stderr}`)?.[1] : undefined;
}

/** The upstream version of an installed Debian package, for programs that do not tell their own. */
export function packageVersion(name: string): string | undefined {
  return versionOf('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Version}', name], /^installed (?:\d+:)?([\w.]+)/);
}

/** Runs a program to its good end and gives what it printed; fails with all that it said. */
export async function succeed(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(program, args, { timeoutMs: 60_000, ...options });
  const stdout = result.stdout.toString();
  if (result.exitCode === 0) return stdout;
  const end = result.timedOut ? 'did not end in time' : `ended with ${result.exitCode ?? result.signal}`;
  throw new Error(
    `${program} ${end}\n${args.join(' ')}\n${options.input?.toString() ?? ''}\n${stdout}\n${result.stderr}`,
  );
}

/** The lines of a text without their ends, empty ones left out. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}
