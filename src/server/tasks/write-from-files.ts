/** Makes one file of the contents of others, within the storage: all of it is there, or nothing has changed. */

import { StorageError } from '../../errors/index.ts';
import type { ReadHandle, WriteHandle } from '../../storage/index.ts';
import type { Session } from '../session.ts';
import type { LongTask } from './long-task.ts';

/** One read and one write. */
const copyBytes = 262_144;

/**
 * Writes the contents of `sources`, one behind the other, under `target`; all are paths of the storage. What stood under
 * `target` is replaced in one step when all of it is on disk. Nothing is left of a task that was cancelled.
 */
export async function writeFromFiles(
  session: Session,
  sources: readonly string[],
  target: string,
  task: LongTask,
): Promise<void> {
  const owner = { name: session.account?.name ?? '' };
  let expectedBytes = 0;
  for (const source of sources) expectedBytes += (await session.storage.stat(source)).size ?? 0;
  const output = await session.storage.openWrite(target, owner, { kind: 'replace', expectedBytes });
  try {
    for (const source of sources) await appendFile(session, source, output, task);
    if (!task.isWanted()) throw new StorageError('aborted', target, 'The copy was given up.');
  } catch (error) {
    await output.discard();
    throw error;
  }
  await output.commit(task.isWanted);
}

async function appendFile(session: Session, source: string, output: WriteHandle, task: LongTask): Promise<void> {
  const input = await session.storage.openRead(source);
  try {
    await copyAll(input, output, task, source);
  } finally {
    await input.close();
  }
}

async function copyAll(input: ReadHandle, output: WriteHandle, task: LongTask, path: string): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(copyBytes, Math.max(1, input.size)));
  for (let position = 0; position < input.size;) {
    if (!task.isWanted()) return;
    const count = await input.read(buffer.subarray(0, Math.min(buffer.length, input.size - position)), position);
    if (count === 0) throw new StorageError('io', path, 'The file was cut while it was read.');
    await output.write([buffer.subarray(0, count)]);
    position += count;
    task.advanced(count);
  }
}
