/** What an upload would go on behind: the user's own interrupted upload, else the file under the name. */

import { StorageError } from '../../errors/index.ts';
import type { ReadHandle } from '../../storage/index.ts';
import type { Session } from '../session.ts';

/** Opens it for reading; rejects with `not-supported` where there is an interrupted upload that cannot be read. */
export async function openResumable(session: Session, stored: string): Promise<ReadHandle> {
  const { storage } = session;
  const owner = { name: session.account?.name ?? '' };
  const part = await storage.openPart?.(stored, owner);
  if (part !== undefined) return part;
  if (storage.openPart === undefined && (await storage.partialSize(stored, owner)) !== undefined) {
    throw new StorageError('not-supported', stored, 'The storage cannot read an interrupted upload, use TYPE I.');
  }
  return storage.openRead(stored);
}
