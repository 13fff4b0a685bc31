/** The bare origin, under TLS and in clear, in a process of its own. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, startProcess } from '../../src/testing/index.ts';
import type { BenchContext } from '../workload.ts';

export interface Origin extends AsyncDisposable {
  /** Under TLS 1.3. */
  readonly port: number;
  readonly clearPort: number;
}

/** Starts it. */
export async function startOrigin(context: BenchContext): Promise<Origin> {
  const folder = await createTempFolder('twinline-origin-');
  await writeFile(folder.join('certificate.pem'), context.certificate.certificatePem);
  await writeFile(folder.join('key.pem'), context.certificate.privateKeyPem, { mode: 0o600 });
  const program = join(import.meta.dirname, 'bare-origin.ts');
  const args = [program, folder.join('certificate.pem'), folder.join('key.pem')];
  const running = await startProcess(process.execPath, args);
  const stop = async () => {
    await running.stop();
    await folder.remove();
  };
  context.alsoStop(stop);
  const listening = await running.waitForLine(/listening (\d+) (\d+)/);
  return { port: Number(listening[1]), clearPort: Number(listening[2]), [Symbol.asyncDispose]: stop };
}
