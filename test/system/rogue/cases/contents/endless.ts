/** Contents without an end: listings and lines that go on for ever, and drips that keep a client busy. */

import type { WatchedLine } from '../../../../../src/testing/index.ts';
import { defineRogueCase, everyLine, type RogueServer } from '../../define-rogue-case.ts';
import { get, ls, sending } from '../../scripts.ts';
import { small } from '../../served-files.ts';

async function pour(line: WatchedLine, chunk: Uint8Array): Promise<void> {
  await line.pour(
    (function* () {
      for (;;) yield chunk;
    })(),
  );
}

/** Long names, so that the bound on bytes is met before a million lines are printed. */
const manyEntries = Buffer.from(`type=file;size=7;modify=20260101000000; ${'long-name-'.repeat(1600)}\r\n`.repeat(8));

function listsForEver(chunk: Uint8Array): RogueServer {
  return {
    commands: {
      MLSD: async (session) => {
        await session.reply('150 Here it comes');
        await pour(await session.acceptData(), chunk);
      },
    },
  };
}

export const endlessContents = [
  defineRogueCase({
    id: 'endless/listing',
    section: 6,
    server: 'sends a listing that never ends',
    client: 'cuts it off at 64 MiB, in flat memory, with an error',
    modes: everyLine,
    script: () => listsForEver(manyEntries),
    command: ls(),
    // Flat: measured 229 MiB with 200 MiB of listing as with 64, most of it room that the collector keeps.
    expect: { exitCode: 65, message: /listing with more than 67108864 bytes/, maxRssMiB: 280 },
  }),
  defineRogueCase({
    id: 'endless/line-of-a-listing',
    section: 6,
    server: 'sends a listing of one line that never ends',
    client: 'cuts it off at 64 KiB',
    modes: everyLine,
    script: () => listsForEver(Buffer.alloc(16_384, 'x')),
    command: ls(),
    expect: { exitCode: 65, message: /line of more than 65536 bytes/, maxRssMiB: 150 },
  }),
  defineRogueCase({
    id: 'endless/download',
    section: 6,
    server: 'sends a file without an end',
    client: 'writes it in flat memory until its time is over, and never gives it its name',
    modes: ['tls1.3'],
    script: () => ({ commands: { SIZE: '502 Not here', RETR: sending(({ line }) => pour(line, small)) } }),
    command: get('a.bin', ['--retry', '0', '--max-time', '2']),
    expect: {
      exitCode: 124,
      message: /--max-time allows is over/,
      files: { 'out.part': { repeating: small, least: 1_000_000 } },
      maxRssMiB: 150,
    },
  }),
  defineRogueCase({
    id: 'endless/drip',
    section: 6,
    server: 'sends a file byte by byte, one in 100 ms, so that no stall timer fires',
    client: 'is ended by --max-time and keeps what it has',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          for (let at = 0; at < 100 && line.ending.how === 'none'; at += 1) {
            await line.write(bytes.subarray(at, at + 1)).catch(() => undefined);
            await session.send('', { delayMs: 100 });
          }
        }),
      },
    }),
    command: get('a.bin', ['--retry', '0', '--max-time', '2']),
    expect: {
      exitCode: 124,
      message: /--max-time allows is over/,
      files: { 'out.part': { beginningOf: small, least: 5, most: 40 } },
    },
  }),
];
