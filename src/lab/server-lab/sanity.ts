/** A plain transfer before and after a run: where it fails, no case can say anything. */

import { within } from '../../peer/index.ts';
import type { SanityReport } from '../engine/lab-report.ts';
import { classOf } from '../engine/reply.ts';
import type { LabSession } from './lab-session.ts';
import { transferDown } from './plain-transfers.ts';
import type { Scratch } from './scratch.ts';

/** Bytes of the file: more than one TLS record, and quickly moved. */
const sanityBytes = 64 * 1024;
/** Longest time for it, in milliseconds. */
const sanityMs = 30_000;

export async function checkSanity(open: () => Promise<LabSession>, scratch: Scratch): Promise<SanityReport> {
  try {
    return await within(upAndDown(open, scratch), 'a plain transfer', sanityMs);
  } catch (error) {
    return { ok: false, says: error instanceof Error ? error.message : String(error) };
  }
}

async function upAndDown(open: () => Promise<LabSession>, scratch: Scratch): Promise<SanityReport> {
  const file = await scratch.file(sanityBytes);
  const session = await open();
  try {
    const { reply, bytes } = await transferDown(session, file.path);
    if (classOf(reply) !== 2) return { ok: false, says: `RETR is answered ${reply.text}` };
    if (!bytes.equals(file.bytes)) return { ok: false, says: `${bytes.length} bytes came, and not those of the file` };
    return { ok: true, says: `${bytes.length} bytes, up and down` };
  } finally {
    await session.leave();
  }
}
