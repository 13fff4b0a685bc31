/** A download that stands still in its middle, for whatever a case says or does then. */

import type { DataLine } from './data-line.ts';
import type { LabSession } from './lab-session.ts';
import type { RemoteFile } from './scratch.ts';
import type { ServerLab } from './server-lab.ts';

/** Bytes of the file: more than the kernels of both ends hold, so that the server is still writing. */
const fileBytes = 8 * 1024 * 1024;
/** Bytes that have been read when it stands still. */
const readBytes = 256 * 1024;

export interface HeldDownload {
  readonly file: RemoteFile;
  readonly session: LabSession;
  /** Paused; what arrives behind `resume` is counted and not kept. */
  readonly line: DataLine;
}

/** Throws `SetupFailed` where the download does not begin. */
export async function holdDownload(lab: ServerLab, byteCount: number = fileBytes): Promise<HeldDownload> {
  const file = await lab.file(byteCount);
  const session = await lab.open();
  const line = await session.passive();
  line.discard();
  await session.need([125, 150], `RETR ${file.path}`);
  await line.secured;
  await line.untilReceived(readBytes);
  line.pause();
  return { file, session, line };
}
