/** What cells move: files, uploads and listings, and where their phases stand in them. */

import type { Entry } from '../../../src/protocol/index.ts';
import { seededBytes } from '../../../src/testing/index.ts';

/** A file to download; the server may send its first part before it is held. */
export const download = { path: '/file.bin', bytes: seededBytes(1024 * 1024, 21), partBytes: 256 * 1024 } as const;

/** More than the kernel buffers between two processes take, so that a client that does not read stops the server. */
export const endless = { path: '/endless.bin', length: 256 * 1024 * 1024, partBytes: 64 * 1024 } as const;

/** An upload in two parts. */
export const upload = {
  path: '/upload.bin',
  bytes: seededBytes(300_000, 22),
  partBytes: 200_000,
  old: seededBytes(1000, 23),
} as const;

function entries(count: number, from: number): Entry[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${'name'.repeat(50)}-${from + index}`,
    type: 'file',
    size: index,
    modifiedMs: 0,
    mode: 0o644,
    unique: String(index),
  }));
}

/** A listing in two parts; the first is long enough to be sent by itself. */
export const listing = { first: entries(400, 0), rest: [entries(10, 400)], names: 410, partBytes: 64 * 1024 } as const;

/** A listing without end. */
export const endlessListing = {
  first: listing.first,
  rest: {
    *[Symbol.iterator]() {
      for (;;) yield listing.first;
    },
  },
} as const;
