/** Whether a file is copied, and why: by size and time, by what an earlier run left, or only after a closer look. Pure. */

/** What is known of a file on one side. */
export interface FileFacts {
  /** Bytes. */
  readonly size?: number;
  /** Milliseconds since 1970 UTC. */
  readonly modifiedMs?: number;
  /** The time lacks its year, its seconds or its zone, as in a listing of LIST. */
  readonly modifiedUncertain?: boolean;
}

/** `time`: the times differ, and it is not the source that is newer. `unfinished`: an earlier run broke off in it. */
export type CopyReason = 'missing' | 'size' | 'newer' | 'time' | 'checksum' | 'unfinished';

export type Comparison =
  | { readonly kind: 'same' }
  | { readonly kind: 'copy'; readonly why: CopyReason }
  /** With `newer`: the file there differs and is not older, so it stays. */
  | { readonly kind: 'kept' }
  /** The server must be asked first: MDTM, or a checksum. */
  | { readonly kind: 'examine'; readonly what: 'time' | 'checksum' };

export interface CompareOptions {
  /** Copy only what is missing there or newer here. */
  readonly newer: boolean;
  readonly checksum: boolean;
  /** Copies get the time of their original, so that any difference means something. */
  readonly timesAreKept: boolean;
  /** An uncertain time can be asked for exactly. */
  readonly canAskTime: boolean;
}

/** A time without zone may be off by 14 hours, and one without hours by a day more. */
const uncertaintySeconds = 38 * 3600;
/** FAT keeps even seconds only, and whole seconds are all that MLSD and MDTM need to tell. */
const toleranceSeconds = 1;

export function compareFiles(source: FileFacts, target: FileFacts | undefined, options: CompareOptions): Comparison {
  if (target === undefined) return { kind: 'copy', why: 'missing' };
  const sizesDiffer = source.size !== undefined && target.size !== undefined && source.size !== target.size;
  if (sizesDiffer && !options.newer) return { kind: 'copy', why: 'size' };
  if (options.checksum && !sizesDiffer) return { kind: 'examine', what: 'checksum' };
  const isUncertain = source.modifiedUncertain === true || target.modifiedUncertain === true;
  if (isUncertain && options.canAskTime) return { kind: 'examine', what: 'time' };
  const later = secondsLater(source, target, isUncertain);
  if (sizesDiffer) return later === undefined || later >= 0 ? { kind: 'copy', why: 'size' } : { kind: 'kept' };
  if (later === undefined || later === 0) return { kind: 'same' };
  if (later > 0) return { kind: 'copy', why: 'newer' };
  if (options.newer) return { kind: 'kept' };
  return options.timesAreKept && !isUncertain ? { kind: 'copy', why: 'time' } : { kind: 'same' };
}

/** How much later the source was modified; 0 within what times can tell, undefined where one is not known. */
function secondsLater(source: FileFacts, target: FileFacts, isUncertain: boolean): number | undefined {
  if (source.modifiedMs === undefined || target.modifiedMs === undefined) return undefined;
  const seconds = Math.floor(source.modifiedMs / 1000) - Math.floor(target.modifiedMs / 1000);
  return Math.abs(seconds) <= (isUncertain ? uncertaintySeconds : toleranceSeconds) ? 0 : seconds;
}
