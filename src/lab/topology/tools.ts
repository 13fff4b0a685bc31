/** Runs the programs that build networks, and tells in a sentence what is missing where one cannot do its work. */

import { execFile } from 'node:child_process';
import { TwinlineError } from '../../errors/index.ts';

/** No tool of these takes a second; one that hangs is ended, in milliseconds. */
const toolMs = 20_000;
/** The output of `ip` and `nft` for one host is some kilobytes. */
const maxOutputBytes = 4 * 1024 * 1024;

const packages: Readonly<Record<string, string>> = { ip: 'iproute2', tc: 'iproute2', nft: 'nftables' };

/** Where these programs lie, also for a root whose PATH is that of a user. */
export const toolPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;

export class TopologyError extends TwinlineError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_TWINLINE_TOPOLOGY', message, options);
  }
}

/** What the program prints. `input` goes to its standard input. Rejects with `TopologyError` where it fails. */
export function runTool(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: toolPath, LC_ALL: 'C' };
    const options = { env, timeout: toolMs, maxBuffer: maxOutputBytes };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(problemOf(program, args, error, stderr));
    });
    // A program that ends before it has read its input has its own words for that.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function problemOf(program: string, args: readonly string[], error: Error, stderr: string): TopologyError {
  if ('code' in error && error.code === 'ENOENT') return new TopologyError(missingTool(program), { cause: error });
  const said = stderr.trim().split('\n').slice(0, 3).join(' ') || error.message;
  return new TopologyError(`"${[program, ...args].join(' ')}" fails: ${said}`, { cause: error });
}

/** `nft is not installed …`, with the package to install. */
export function missingTool(program: string): string {
  return `"${program}" is not installed: it comes with the package ${packages[program] ?? program} (Debian: apt-get install ${packages[program] ?? program}).`;
}
