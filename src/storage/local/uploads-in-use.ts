/** Knows which hidden upload files somebody still writes to. */

import { isAlive, thisProcess } from './process-identity.ts';

/** Names in use by this process. Each is random, so that one set serves every storage. */
const inUse = new Set<string>();

/** Marks a hidden file as in use while it is written to or moved; a sweep leaves it alone. */
export function holdUploadName(name: string): { readonly release: () => void } {
  inUse.add(name);
  return { release: () => void inUse.delete(name) };
}

/** True when nobody writes to the upload file `name`, which `process` made, any more. */
export function isUploadDead(name: string, process: string): boolean {
  return process === thisProcess ? !inUse.has(name) : !isAlive(process);
}
