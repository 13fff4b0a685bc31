/** Watches that a transfer moves: a slow peer is left alone, a dead or stuck one is found. */

import { type DataConnection, type Deadline, type Scope, sendQueueOf, startDeadline } from '../../net/index.ts';

/** Looks per stall time: bounds how late a stall is found. */
const looksPerStall = 8;

/** Times in milliseconds. */
export interface StallLimits {
  /** Without a byte that moves. */
  readonly stallMs: number;
  /** The same while the peer's window is closed and its kernel answers our probes. */
  readonly closedWindowMs: number;
}

export interface Stall {
  /** The limit that was reached, in milliseconds. */
  readonly afterMs: number;
  /** Sent bytes that the peer's kernel has not taken; 0 also where the system does not tell. */
  readonly untakenBytes: number;
}

/**
 * Calls `onStalled` once when no byte has moved for as long as a limit says. `moved` reports progress. Bytes that wait
 * in our kernel's send queue count as moving while the queue shrinks: with large socket buffers a slow reader takes
 * nothing new from us for minutes. Not even the queue moves for long: measured on loopback, curl at 40 KiB a second
 * opens its window every 100 s. So a peer with a closed window, whose kernel is alive, has a limit of its own.
 */
export function watchStall(
  scope: Scope,
  connection: DataConnection,
  limits: StallLimits,
  onStalled: (stall: Stall) => void,
): { moved(): void } {
  const lookMs = Math.max(1, Math.floor(limits.stallMs / looksPerStall));
  let movedAt = performance.now();
  let untakenBefore: number | undefined;
  let deadline: Deadline = startDeadline(scope, lookMs, () => void look());
  const idleMs = (): number => performance.now() - movedAt;
  const look = async (): Promise<void> => {
    const queue = idleMs() >= lookMs ? await sendQueueOf(connection.local, connection.remote) : undefined;
    if (scope.closed) return;
    if (queue !== undefined && untakenBefore !== undefined && queue.bytes < untakenBefore) movedAt = performance.now();
    untakenBefore = queue?.bytes;
    const afterMs = queue?.windowIsClosed === true ? limits.closedWindowMs : limits.stallMs;
    if (idleMs() >= afterMs) onStalled({ afterMs, untakenBytes: queue?.bytes ?? 0 });
    else deadline = startDeadline(scope, lookMs, () => void look());
  };
  scope.add(() => deadline.stop());
  return {
    moved: () => {
      movedAt = performance.now();
    },
  };
}
