/** curl as a load generator. */

import { runCommand, type CommandResult } from '../../src/testing/index.ts';
import type { Subject } from '../workload.ts';

const timeoutMs = 180_000;

/** Runs curl against a URL; `more` are further arguments. Rejects unless it ends well. */
export async function curl(url: string, ...more: string[]): Promise<CommandResult> {
  const args = ['-sS', '-k', '--max-time', String(timeoutMs / 1000), ...more, url];
  const result = await runCommand('curl', args, { timeoutMs: timeoutMs + 5000 });
  if (result.exitCode === 0) return result;
  const how = result.timedOut
    ? `did not end in ${timeoutMs / 1000} s`
    : `ended with ${result.exitCode ?? result.signal}`;
  throw new Error(`curl ${how}: ${result.stderr.trim()}`);
}

/** The arguments that make curl speak explicit FTPS to a subject, or clear FTP. */
export function curlLogin(subject: Subject, tls = true): string[] {
  return [...(tls ? ['--ssl-reqd'] : []), '-u', `${subject.user}:${subject.password}`];
}

/** `path` of a subject as a URL. */
export function urlOf(subject: Subject, path: string): string {
  return `ftp://${subject.host}:${subject.controlPort}/${path}`;
}

const transferTime = ['-w', '%{time_pretransfer} %{time_total}', '-o', '/dev/null'];

/** Runs several at once, each with its URL first; gives seconds from the first transfer to the last end, logins left out. */
export async function curlTransfers(calls: readonly (readonly [string, ...string[]])[]): Promise<number> {
  const spans = await Promise.all(
    calls.map(async ([url, ...more]) => {
      const result = await curl(url, ...more, ...transferTime);
      const end = performance.now() / 1000;
      const [before = Number.NaN, total = Number.NaN] = result.stdout.toString().trim().split(' ').map(Number);
      return { start: end - (total - before), end };
    }),
  );
  return Math.max(...spans.map(({ end }) => end)) - Math.min(...spans.map(({ start }) => start));
}
