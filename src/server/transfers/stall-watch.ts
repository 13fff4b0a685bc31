/** Watches that a transfer moves: a slow peer is left alone, a dead or stuck one is found. */

import { type DataConnection, type Deadline, type Scope, sendQueueBytes, startDeadline } from '../../net/index.ts';

/** Looks per stall time once nothing has moved for a whole one: bounds how late a stall is found. */
const looksPerStall = 8;

/**
 * Calls `onStalled` once when no byte has moved for `stallMs` milliseconds. `moved` reports progress. Bytes that wait
 * in the kernel's send queue count as moving while the queue shrinks, because with large socket buffers a reader at a
 * few KiB a second takes nothing new from us for minutes.
 */
export function watchStall(
  scope: Scope,
  connection: DataConnection,
  stallMs: number,
  onStalled: () => void,
): { moved(): void } {
  const lookMs = Math.max(1, Math.floor(stallMs / looksPerStall));
  let movedAt = performance.now();
  let queued: number | undefined;
  let deadline: Deadline = startDeadline(scope, lookMs, () => void look());
  const look = async (): Promise<void> => {
    const idleMs = performance.now() - movedAt;
    if (idleMs >= lookMs) {
      const now = await sendQueueBytes(connection.local, connection.remote);
      if (scope.closed) return;
      if (now !== undefined && queued !== undefined && now < queued) movedAt = performance.now();
      queued = now;
    } else {
      queued = undefined;
    }
    if (performance.now() - movedAt >= stallMs) onStalled();
    else deadline = startDeadline(scope, lookMs, () => void look());
  };
  scope.add(() => deadline.stop());
  return {
    moved: () => {
      movedAt = performance.now();
    },
  };
}
