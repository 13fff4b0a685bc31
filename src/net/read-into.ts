/** Lets a socket that is already connected read into memory of its owner, as `onread` does for one that `connect` makes. */

import type { Socket } from 'node:net';

/** What Node's own `onread` sets on a socket and on its handle. */
interface OwnReads {
  [key: symbol]: unknown;
  readonly _handle?: { readonly useUserBuffer?: (buffer: Uint8Array) => void } | null;
}

const symbolNames = ['kBuffer', 'kBufferGen', 'kBufferCb'] as const;

/** The symbols under which Node keeps `onread`; undefined where it has others, or `onread` is in use. */
function onreadSymbols(line: OwnReads): readonly [symbol, symbol, symbol] | undefined {
  const own = Object.getOwnPropertySymbols(line);
  const [buffer, next, bytes] = symbolNames.map((name) => own.find((symbol) => symbol.description === name));
  if (buffer === undefined || next === undefined || bytes === undefined) return undefined;
  return line[buffer] === null && line[next] === null && line[bytes] === null ? [buffer, next, bytes] : undefined;
}

/**
 * From now on `line` reads into what `room` returns, at least one byte of memory, and tells `onBytes` how many it has put
 * there; then it asks for `room` again, and pauses where the answer is `false`. There are no `data` events any more. After `pause` some more may come: what TLS
 * has read already. Returns false, and changes nothing, where this Node or this stream cannot: the owner then listens for
 * `data`. See docs/decisions/0019-uploads-are-read-into-reused-memory.md.
 */
export function readInto(line: Socket, room: () => Buffer, onBytes: (count: number) => unknown): boolean {
  const socket = line as unknown as OwnReads;
  const handle = socket._handle;
  const symbols = onreadSymbols(socket);
  if (symbols === undefined || typeof handle?.useUserBuffer !== 'function') return false;
  const [buffer, next, bytes] = symbols;
  const first = room();
  socket[buffer] = first;
  socket[next] = room;
  socket[bytes] = onBytes;
  handle.useUserBuffer(first);
  return true;
}
