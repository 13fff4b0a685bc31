/** Temporary folders that a test owns and that go away with it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that exists until it is disposed of, with everything inside. */
export interface TempFolder extends AsyncDisposable {
  /** Absolute path of the folder. */
  readonly path: string;
  /** The absolute path of something inside the folder. */
  join(...parts: string[]): string;
  /** Removes the folder; a second call does nothing. */
  remove(): Promise<void>;
}

/** Creates an empty folder readable by its owner alone, under `parent` (the system's temporary folder by default). */
export async function createTempFolder(prefix = 'twinline-', parent: string = tmpdir()): Promise<TempFolder> {
  const path = await mkdtemp(join(parent, prefix));
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 3 });
  return { path, join: (...parts) => join(path, ...parts), remove, [Symbol.asyncDispose]: remove };
}
