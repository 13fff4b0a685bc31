/** Makes the names in a folder durable. */

import { syncAll } from './descriptors.ts';
import { errnoOf } from './errno.ts';

/** File systems that cannot sync a folder (some in user space) say EINVAL or ENOTSUP; there is no more to be had there. */
export async function syncFolder(fd: number): Promise<void> {
  try {
    await syncAll(fd);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
  }
}
