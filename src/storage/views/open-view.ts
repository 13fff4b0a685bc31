/** A folder of a storage as a storage of its own, whatever the storage itself can do for that. */

import type { StorageBackend, ViewOptions } from '../storage-backend.ts';
import { FolderView } from './folder-view.ts';

/** The view belongs to the caller, who closes it; the storage stays open. A storage without `view` has no links. */
export async function openView(
  storage: StorageBackend,
  folder: string,
  options: ViewOptions = {},
): Promise<StorageBackend> {
  return storage.view === undefined ? new FolderView(storage, folder) : storage.view(folder, options);
}
