/** Load generators and the bare TLS origin, each in a process of its own. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, runCommand, startProcess, type CommandResult } from '../../src/testing/index.ts';
import type { BenchContext, Subject } from '../workload.ts';

const timeoutMs = 180_000;

/** Throws with what the program said unless it ended well. */
function orThrow(what: string, result: CommandResult): CommandResult {
  if (result.exitCode === 0) return result;
  const how = result.timedOut
    ? `did not end in ${timeoutMs / 1000} s`
    : `ended with ${result.exitCode ?? result.signal}`;
  throw new Error(`${what} ${how}: ${result.stderr.trim()}`);
}

export interface RawOrder {
  readonly mode: 'get' | 'put' | 'raw-get' | 'raw-put';
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly path: string;
  readonly bytes: number;
}

/** Moves one stream with the raw reader or writer; gives seconds from the command to the final reply. */
export async function rawTransferSeconds(order: RawOrder): Promise<number> {
  const program = join(import.meta.dirname, 'raw-transfer.ts');
  const args = [program, JSON.stringify(order)];
  const result = orThrow('The raw transfer', await runCommand(process.execPath, args, { timeoutMs }));
  return (JSON.parse(result.stdout.toString()) as { elapsedMs: number }).elapsedMs / 1000;
}

/** Runs curl against a URL; `more` are further arguments. */
export async function curl(url: string, ...more: string[]): Promise<CommandResult> {
  const args = ['-sS', '-k', '--max-time', String(timeoutMs / 1000), ...more, url];
  return orThrow('curl', await runCommand('curl', args, { timeoutMs: timeoutMs + 5000 }));
}

/** The arguments that make curl speak explicit FTPS to a subject. */
export function curlLogin(subject: Subject): string[] {
  return ['--ssl-reqd', '-u', `${subject.user}:${subject.password}`];
}

/** `path` of a subject as a URL. */
export function urlOf(subject: Subject, path: string): string {
  return `ftp://${subject.host}:${subject.controlPort}/${path}`;
}

/** Seconds that curl spent on the transfer itself, login and directories left out. */
export const curlTransferTime = ['-w', '%{time_pretransfer} %{time_total}', '-o', '/dev/null'];

/** Reads what {@link curlTransferTime} made curl print. */
export function transferSeconds(result: CommandResult): number {
  const [before = Number.NaN, total = Number.NaN] = result.stdout.toString().trim().split(' ').map(Number);
  return total - before;
}

export interface Origin extends AsyncDisposable {
  readonly port: number;
}

/** Starts the bare TLS origin. */
export async function startOrigin(context: BenchContext): Promise<Origin> {
  const folder = await createTempFolder('twinline-origin-');
  await writeFile(folder.join('certificate.pem'), context.certificate.certificatePem);
  await writeFile(folder.join('key.pem'), context.certificate.privateKeyPem, { mode: 0o600 });
  const program = join(import.meta.dirname, 'tls-origin.ts');
  const args = [program, folder.join('certificate.pem'), folder.join('key.pem')];
  const running = await startProcess(process.execPath, args);
  const stop = async () => {
    await running.stop();
    await folder.remove();
  };
  const listening = await running.waitForLine(/listening (\d+)/);
  return { port: Number(listening[1]), [Symbol.asyncDispose]: stop };
}

export { type MirrorClient, mirrorByLftp, mirrorByTwinline, type MirrorOrder } from './mirrors.ts';
