/** Arguments of single commands: each parser gives a value, or undefined where the argument is not of its syntax. */

/** The representation types of this implementation: `A` with non-print format, and `I`, for which `L 8` is a synonym. */
export type TransferType = 'ascii' | 'image';

/** A type that RFC 959 knows and this implementation does not have, in upper case: answered 504, not 501. */
export interface UnsupportedType {
  readonly unsupported: string;
}

export type FileStructure = 'file' | 'record' | 'page';

/** `deflate` is MODE Z. */
export type TransferMode = 'stream' | 'block' | 'compressed' | 'deflate';

/** Protection levels of the data line: Clear, Safe, Confidential, Private (RFC 2228 section 3). */
export type ProtLevel = 'C' | 'S' | 'E' | 'P';

/** With `tls-private` (AUTH TLS-P) the data line is private from the start, as if PROT P had been sent. */
export type AuthMechanism = 'tls' | 'tls-private';

const largestPbsz = 0xffff_ffff;

/** TYPE (RFC 959 section 5.3.2): `A`, `A N`, `A T`, `A C`, the same with `E`, `I`, `L 1` to `L 255`. */
export function parseTypeArgument(argument: string): TransferType | UnsupportedType | undefined {
  const text = argument.toUpperCase();
  if (text === 'A' || text === 'A N') return 'ascii';
  if (text === 'I') return 'image';
  if (/^[AE](?: [NTC])?$/.test(text)) return { unsupported: text };
  const byteSize = /^L (\d{1,3})$/.exec(text)?.[1];
  if (byteSize === undefined || Number(byteSize) < 1 || Number(byteSize) > 255) return undefined;
  return Number(byteSize) === 8 ? 'image' : { unsupported: text };
}

/** REST in stream mode: a count of bytes (RFC 3659 section 5.3), at most `Number.MAX_SAFE_INTEGER`. */
export function parseRestOffset(argument: string): number | undefined {
  return parseDecimal(argument, Number.MAX_SAFE_INTEGER);
}

/** PBSZ: 0 to 2^32-1 (RFC 2228 section 3). */
export function parsePbsz(argument: string): number | undefined {
  return parseDecimal(argument, largestPbsz);
}

/** PROT: one letter, in either case. */
export function parseProtLevel(argument: string): ProtLevel | undefined {
  return /^[CSEP]$/i.test(argument) ? (argument.toUpperCase() as ProtLevel) : undefined;
}

/** ALLO: bytes of the file; a largest record size may follow as `R n` and is not used (RFC 959 section 4.1.3). */
export function parseAlloSize(argument: string): number | undefined {
  const size = /^(\d+)(?: R \d+)?$/i.exec(argument)?.[1];
  return size === undefined ? undefined : parseDecimal(size, Number.MAX_SAFE_INTEGER);
}

/** STRU: `F`, `R` or `P`, in either case. */
export function parseStructure(argument: string): FileStructure | undefined {
  const structures: Readonly<Record<string, FileStructure>> = { F: 'file', R: 'record', P: 'page' };
  return argument.length === 1 ? structures[argument.toUpperCase()] : undefined;
}

/** MODE: `S`, `B`, `C` or `Z`, in either case. */
export function parseMode(argument: string): TransferMode | undefined {
  const modes: Readonly<Record<string, TransferMode>> = { S: 'stream', B: 'block', C: 'compressed', Z: 'deflate' };
  return argument.length === 1 ? modes[argument.toUpperCase()] : undefined;
}

/** AUTH (RFC 4217 section 4): TLS and its synonyms TLS-C and SSL, and TLS-P, in either case. */
export function parseAuthMechanism(argument: string): AuthMechanism | undefined {
  switch (argument.toUpperCase()) {
    case 'TLS':
    case 'TLS-C':
    case 'SSL':
      return 'tls';
    case 'TLS-P':
      return 'tls-private';
    default:
      return undefined;
  }
}

function parseDecimal(text: string, largest: number): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value <= largest ? value : undefined;
}
