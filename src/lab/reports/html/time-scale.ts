/** Where a time lies in a picture: in proportion, but for the long waits, which are cut short so that the rest can be seen. */

import type { LabEvent } from '../../engine/event-log.ts';

/** A wait of more than this part of the whole is cut short. */
const longPart = 0.3;
/** What it is cut down to, as a part of the width. */
const cutPart = 0.12;

export interface LongWait {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TimeScale {
  readonly endMs: number;
  /** The waits that are cut short. */
  readonly waits: readonly LongWait[];
  /** From 0 to 1. */
  readonly at: (this: void, timeMs: number) => number;
}

function timesOf(events: readonly LabEvent[], durationMs: number): readonly number[] {
  const times = events.flatMap((event) => (event.kind === 'bytes' ? [event.atMs, event.untilMs] : [event.atMs]));
  const sorted = [0, ...times].sort((first, second) => first - second);
  return [...sorted, Math.max(1, durationMs, sorted.at(-1) ?? 0)];
}

/** Nothing passes in a wait: a transfer that goes on is none. */
function longWaits(events: readonly LabEvent[], times: readonly number[], endMs: number): readonly LongWait[] {
  const waits = times.slice(1).map((toMs, index) => ({ fromMs: times[index] ?? 0, toMs }));
  const isTransfer = ({ fromMs, toMs }: LongWait): boolean =>
    events.some((event) => event.kind === 'bytes' && event.atMs <= fromMs && event.untilMs >= toMs);
  return waits.filter((wait) => wait.toMs - wait.fromMs > endMs * longPart && !isTransfer(wait));
}

export function timeScale(events: readonly LabEvent[], durationMs: number): TimeScale {
  const times = timesOf(events, durationMs);
  const endMs = times.at(-1) ?? 1;
  const waits = longWaits(events, times, endMs);
  const waited = waits.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  // Where there is nothing but waits they are the picture.
  if (endMs - waited < 1) return { endMs, waits: [], at: (timeMs) => timeMs / endMs };
  const perMs = (1 - waits.length * cutPart) / (endMs - waited);
  const at = (timeMs: number): number => {
    const cut = waits.reduce(
      (sum, { fromMs, toMs }) => {
        const inside = Math.min(Math.max(timeMs - fromMs, 0), toMs - fromMs);
        return { ms: sum.ms + inside, part: sum.part + (inside / (toMs - fromMs)) * cutPart };
      },
      { ms: 0, part: 0 },
    );
    return (timeMs - cut.ms) * perMs + cut.part;
  };
  return { endMs, waits, at };
}
