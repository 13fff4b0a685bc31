/** Divides a file into segments that are fetched side by side. */

/** A stretch of the file: from `start` up to `end`, `end` not included; `done` bytes of it are here. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  done: number;
}

/** A segment below this size is not worth a session of its own, in bytes. */
export const minSegmentBytes = 1024 * 1024;

/** As many segments of nearly equal size as asked for, or fewer where they would be too small; one for an empty file. */
export function planSegments(size: number, wanted: number): Segment[] {
  const count = Math.max(1, Math.min(wanted, Math.floor(size / minSegmentBytes)));
  return Array.from({ length: count }, (_, index) => ({
    start: Math.floor((size * index) / count),
    end: Math.floor((size * (index + 1)) / count),
    done: 0,
  }));
}
