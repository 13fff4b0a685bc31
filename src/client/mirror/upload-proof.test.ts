import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { TransferIncompleteError } from '../../errors/index.ts';
import { createTempFolder, type Script, type ScriptedServer, type ScriptedSession } from '../../testing/index.ts';
import { modes, optionsFor, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { createPool } from '../pool.ts';
import { mirrorUp } from './mirror.ts';
import type { MirrorEvent, MirrorResult } from './mirror-options.ts';

const [plain] = modes;
const names = Array.from({ length: 10 }, (_, at) => `f${at}`);

/** Lists what has been uploaded; `shown` makes the line of an entry. */
function listUploads(shown: (name: string, size: number) => string): (session: ScriptedSession) => Promise<void> {
  return async (session) => {
    const lines = [...session.uploads].map(([path, bytes]) => `${shown(path.slice(1), bytes.length)}\r\n`);
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(Buffer.from(lines.join('')));
    await session.endData(line);
    await session.reply('226 Done');
  };
}

const listNothing = listUploads(() => '');
const exact = listUploads((name, size) => `type=file;size=${size}; ${name}`);

/** Confirms every file, and keeps only the first byte of `f3` for so many times. */
function storeBadly(times: number): Script {
  let left = times;
  return async (session, path) => {
    await session.reply('150 Send it');
    const line = await session.acceptData();
    const bytes = await line.readToEnd();
    const isCut = path === '/f3' && left > 0;
    if (isCut) left -= 1;
    session.uploads.set(path, isCut ? bytes.subarray(0, 1) : bytes);
    await session.endData(line);
    await session.reply('226 Done');
  };
}

interface Ended {
  readonly result: MirrorResult;
  readonly events: readonly MirrorEvent[];
  readonly server: ScriptedServer;
  /** How often a verb was sent. */
  readonly count: (verb: string) => number;
}

/** Mirrors ten files of four bytes to a server with these scripts. */
async function mirrorTen(commands: Readonly<Record<string, Script>>): Promise<Ended> {
  const server = await startServerFor(plain, { commands });
  const pool = createPool(optionsFor(plain, server), { size: 2 });
  await using place = await createTempFolder();
  try {
    for (const name of names) await writeFile(place.join(name), 'four');
    const events: MirrorEvent[] = [];
    const retry = { tries: 0, delayMs: 1 };
    const onEvent = (event: MirrorEvent): void => void events.push(event);
    const result = await mirrorUp(pool, place.path, '', { parallel: 2, retry, onEvent });
    const sent = server.sessions.flatMap((session) => session.commands);
    return { result, events, server, count: (verb) => sent.filter((line) => line.split(' ')[0] === verb).length };
  } finally {
    await pool.quit();
    await server.stop();
  }
}

describe('a mirror of many small files to a server', () => {
  test('is proved by one listing of their folder', async () => {
    const { result, count } = await mirrorTen({ MLSD: exact });
    assert.deepEqual([result.copied, result.bytes, result.failures], [10, 40, 0]);
    assert.deepEqual([count('STOR'), count('MLSD'), count('SIZE')], [10, 2, 0]);
  });

  test('sends a file again of which the server has less than it has confirmed', async () => {
    const { result, events, server, count } = await mirrorTen({ MLSD: exact, STOR: storeBadly(1) });
    assert.deepEqual([result.copied, result.bytes, result.failures], [10, 40, 0]);
    assert.deepEqual(server.uploads.get('/f3'), Buffer.from('four'));
    // The doubt is asked about, and the second attempt is proved by itself.
    assert.deepEqual([count('STOR'), count('SIZE')], [11, 2]);
    const [notice] = events.flatMap((event) => (event.kind === 'notice' ? [event.text] : []));
    assert.match(notice ?? '', /f3: the server has confirmed it and does not have its 4 bytes/);
    const begun = events.flatMap((event) => (event.kind === 'start' && event.path === 'f3' ? [event.why] : []));
    assert.deepEqual(begun, ['missing', 'size']);
  });

  test('fails for a file that the server never keeps whole', async () => {
    const { result } = await mirrorTen({ MLSD: exact, STOR: storeBadly(Infinity) });
    assert.deepEqual([result.copied, result.failures, result.errors[0]?.path], [9, 1, 'f3']);
    const [failure] = result.errors;
    assert.ok(failure?.error instanceof TransferIncompleteError, String(failure?.error));
  });

  test('asks for each size where the listing tells none, or tells other names', async () => {
    const without = {
      'no sizes': (name: string) => `type=file; ${name}`,
      'other names': () => 'type=file;size=4; other',
    };
    for (const [what, shown] of Object.entries(without)) {
      const { result, count } = await mirrorTen({ MLSD: listUploads(shown) });
      assert.deepEqual([result.copied, result.failures], [10, 0], what);
      assert.deepEqual([count('STOR'), count('SIZE')], [10, 10], what);
    }
  });

  test('asks for each size where the listing fails', async () => {
    const { result, count } = await mirrorTen({
      MLSD: (session) => (session.uploads.size > 0 ? session.reply('550 Not now') : listNothing(session)),
    });
    assert.deepEqual([result.copied, result.failures, count('SIZE')], [10, 0, 10]);
  });

  test('asks for each size where there is LIST alone, behind each file', async () => {
    const { result, count } = await mirrorTen({ FEAT: '211-Features:\n SIZE\n211 End' });
    assert.deepEqual([result.copied, result.failures], [10, 0]);
    assert.deepEqual([count('STOR'), count('SIZE'), count('MLSD')], [10, 10, 0]);
  });
});
