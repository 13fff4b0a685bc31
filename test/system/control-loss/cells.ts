/** The cells of the control-loss matrix: a fault, the line that it hits, and the moment in a transfer. */

export const faults = ['RST', 'FIN', 'close_notify+FIN', 'FIN without close_notify', 'silence'] as const;
export type Fault = (typeof faults)[number];

export const directions = ['download', 'upload', 'listing'] as const;
export type Direction = (typeof directions)[number];

/** Of both lines. */
export const protections = ['plain', 'TLSv1.2', 'TLSv1.3'] as const;
export type Protection = (typeof protections)[number];

/**
 * `after the last byte` means, before 226: in a download or a listing the server has sent everything and ended its half, and
 * the client has not ended its own; in an upload the client has sent everything, and for faults of the control line it has
 * also ended the data line in order, so that the server is putting the file in place.
 */
export const phases = ['before 150', 'during data', 'after the last byte'] as const;
export type Phase = (typeof phases)[number];

export const lines = ['control', 'data'] as const;
export type Line = (typeof lines)[number];

export const openers = ['EPSV', 'PASV', 'EPRT', 'PORT'] as const;
export type Opener = (typeof openers)[number];

export interface Cell {
  readonly line: Line;
  readonly fault: Fault;
  readonly direction: Direction;
  readonly phase: Phase;
  readonly protection: Protection;
  /** How the data line is opened. Default `EPSV`. */
  readonly opener?: Opener;
  /** PROT C: the data line is in clear under a control line with TLS. */
  readonly dataInClear?: true;
}

/** Whether the line that the fault hits speaks TLS. */
export function hitsTls(cell: Cell): boolean {
  return cell.protection !== 'plain' && !(cell.line === 'data' && cell.dataInClear === true);
}

/** Whether the data line speaks TLS. */
export function dataIsTls(cell: Cell): boolean {
  return cell.protection !== 'plain' && cell.dataInClear !== true;
}

export interface LeftOutRule {
  readonly covers: (cell: Cell) => boolean;
  readonly what: string;
  readonly why: string;
}

/** Which combinations are no cells. */
export const leftOutRules: readonly LeftOutRule[] = [
  {
    covers: (cell) =>
      !hitsTls(cell) && (cell.fault === 'close_notify+FIN' || cell.fault === 'FIN without close_notify'),
    what: 'close_notify+FIN and FIN without close_notify on a line in clear',
    why: 'there is no close_notify without TLS; the row FIN is meant',
  },
  {
    covers: (cell) => hitsTls(cell) && cell.fault === 'FIN',
    what: 'FIN, said without more, on a line under TLS',
    why: 'under TLS a FIN comes either behind a close_notify or without one; both have rows',
  },
];

/** Every combination, with those that are no cells. */
export function allCombinations(): Cell[] {
  return lines.flatMap((line) =>
    directions.flatMap((direction) =>
      faults.flatMap((fault) =>
        phases.flatMap((phase) => protections.map((protection) => ({ line, direction, fault, phase, protection }))),
      ),
    ),
  );
}

/** The rule that leaves a combination out, or undefined for a cell. */
export function leftOutBy(cell: Cell): LeftOutRule | undefined {
  return leftOutRules.find((rule) => rule.covers(cell));
}

/** The matrix. */
export function matrixCells(): Cell[] {
  return allCombinations().filter((cell) => leftOutBy(cell) === undefined);
}

/** The other ways to open a data line, and PROT C under TLS, in the middle of a transfer. */
export function variantCells(): Cell[] {
  const middle = directions.flatMap((direction) => [
    { line: 'control', fault: 'RST', direction, phase: 'during data' } as const,
    { line: 'control', fault: 'FIN', direction, phase: 'during data' } as const,
    { line: 'control', fault: 'close_notify+FIN', direction, phase: 'during data' } as const,
    { line: 'data', fault: 'RST', direction, phase: 'during data' } as const,
    { line: 'data', fault: 'FIN', direction, phase: 'during data' } as const,
    { line: 'data', fault: 'FIN without close_notify', direction, phase: 'during data' } as const,
  ]);
  const opened = (['PASV', 'EPRT', 'PORT'] as const).flatMap((opener) =>
    (['plain', 'TLSv1.3'] as const).flatMap((protection) => middle.map((cell) => ({ ...cell, protection, opener }))),
  );
  const inClear = (['TLSv1.2', 'TLSv1.3'] as const).flatMap((protection) =>
    middle.map((cell) => ({ ...cell, protection, dataInClear: true }) as const),
  );
  return [...opened, ...inClear].filter((cell) => leftOutBy(cell) === undefined);
}

/** A name that stays the same from version to version. */
export function cellName(cell: Cell): string {
  const more = [cell.opener, cell.dataInClear === true ? 'PROT C' : undefined].filter((word) => word !== undefined);
  return [`${cell.line} ${cell.fault}`, cell.direction, cell.protection, cell.phase, ...more].join(', ');
}
