/** The bare server of the load generators in the place of a subject: the ceiling. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, startProcess } from '../../src/testing/index.ts';
import type { BenchContext, Subject } from '../workload.ts';

const program = join(import.meta.dirname, '../loads/bare-ftp.ts');

export async function startBareFtp({ root, certificate, alsoStop }: BenchContext): Promise<Subject> {
  const folder = await createTempFolder('twinline-bare-');
  const [certificateFile, keyFile] = [folder.join('certificate.pem'), folder.join('key.pem')];
  await writeFile(certificateFile, certificate.certificatePem);
  await writeFile(keyFile, certificate.privateKeyPem, { mode: 0o600 });
  const running = await startProcess(process.execPath, [program, certificateFile, keyFile, root]);
  const stop = async () => {
    await running.stop();
    await folder.remove();
  };
  alsoStop(stop);
  const [, port] = await running.waitForLine(/listening (\d+)/);
  const facts = { name: 'ceiling', version: '', host: '127.0.0.1', controlPort: Number(port), root, certificateFile };
  return { ...facts, user: 'bench', password: 'any', pid: running.pid, stop, [Symbol.asyncDispose]: stop };
}

/** Starts it on the first round of a workload and keeps it warm until the workload is through, as the subjects are. */
export class Ceiling {
  #running: Promise<Subject> | undefined;

  of(context: BenchContext): Promise<Subject> {
    return (this.#running ??= startBareFtp(context));
  }

  async stop(): Promise<void> {
    const running = await this.#running;
    this.#running = undefined;
    await running?.stop();
  }
}
