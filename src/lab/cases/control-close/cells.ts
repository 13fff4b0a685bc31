/** The axes of the control-close matrix, which both sides share: how a line is lost, in which transfer, when, and which line. */

export const kinds = ['rst', 'fin', 'cn', 'trunc', 'hole', '421'] as const;
/**
 * - `rst`: RST. `fin`: FIN on a line in clear. `cn`: close_notify and FIN. `trunc`: FIN without close_notify on TLS.
 * - `hole`: the line falls silent in both directions and stays open. `421`: the server says 421 and leaves.
 */
export type Kind = (typeof kinds)[number];

export const directions = ['download', 'upload', 'listing'] as const;
export type Direction = (typeof directions)[number];

/** 0: the command is sent, 150 has not been read. 1: data move. 2: the last byte has gone, 226 is not there. 3: 226 has gone. */
export const phases = [0, 1, 2, 3] as const;
export type Phase = (typeof phases)[number];

export const channels = ['control', 'data'] as const;
export type Channel = (typeof channels)[number];

export interface Cell {
  readonly kind: Kind;
  readonly direction: Direction;
  readonly phase: Phase;
  readonly channel: Channel;
}

/** Every cell of the given kinds, in the order of the matrix. */
export function cellsOf(wanted: readonly Kind[]): readonly Cell[] {
  return channels.flatMap((channel) =>
    wanted.flatMap((kind) =>
      directions.flatMap((direction) => phases.map((phase) => ({ kind, direction, phase, channel }))),
    ),
  );
}

const directionLetters: Readonly<Record<Direction, string>> = { download: 'D', upload: 'U', listing: 'L' };

/** `J-RST-D-1-C`. */
export function rowOf({ kind, direction, phase, channel }: Cell): string {
  return `J-${kind.toUpperCase()}-${directionLetters[direction]}-${phase}-${channel === 'control' ? 'C' : 'T'}`;
}

/** The rows of the minimal set. */
export const smokeRows: ReadonlySet<string> = new Set(['J-RST-D-1-C', 'J-RST-U-1-C', 'J-HOLE-D-1-C']);

/** `j-rst-download-1-control`, the last word of an id. */
export function slugOf({ kind, direction, phase, channel }: Cell): string {
  return `j-${kind}-${direction}-${phase}-${channel}`;
}

const kindWords: Readonly<Record<Kind, string>> = {
  rst: 'RST',
  fin: 'FIN',
  cn: 'close_notify and FIN',
  trunc: 'FIN without close_notify',
  hole: 'silence',
  '421': '421 and FIN',
};

const phaseWords: Readonly<Record<Phase, string>> = {
  0: 'before 150',
  1: 'while data move',
  2: 'between the last byte and 226',
  3: 'behind 226',
};

/** `RST on the control connection of a download, while data move`. */
export function textOf({ kind, direction, phase, channel }: Cell): string {
  return `${kindWords[kind]} on the ${channel} connection of ${direction === 'upload' ? 'an' : 'a'} ${direction}, ${phaseWords[phase]}`;
}

/** Why a fault cannot be made on a line with or without TLS; undefined where it can. */
export function unsuited(kind: Kind, isTls: boolean): string | undefined {
  if (kind === 'fin' && isTls) return 'on TLS a FIN comes with close_notify (CN) or without it (TRUNC)';
  if ((kind === 'cn' || kind === 'trunc') && !isTls) return 'there is no close_notify on a line in clear';
  return undefined;
}
