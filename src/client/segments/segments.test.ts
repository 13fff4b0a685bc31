import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { createTempFolder, type Script, type ScriptedSession, seededBytes } from '../../testing/index.ts';
import { type Mode, modes, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { createPool } from '../pool.ts';
import { downloadSegments } from './download-segments.ts';
import { readJournal, SegmentJournal } from './segment-journal.ts';
import { minSegmentBytes, planSegments } from './segment-plan.ts';
import { jointBytes, segmentPathsOf, SegmentedPart } from './segmented-part.ts';

const bytes = seededBytes(4 * minSegmentBytes + 12_345, 77);
const [plain, tls12, tls13] = modes;

/** A server with one file and MDTM, and a pool of sessions with it. */
async function startPlace(commands: Readonly<Record<string, Script>> = {}, mode: Mode = plain) {
  const folder = await createTempFolder();
  const server = await startServerFor(mode, {
    files: { f: bytes },
    commands: { MDTM: '213 20260101120000', ...commands },
  });
  const connect = {
    host: '127.0.0.1',
    port: server.port,
    user: 'a',
    password: 'b',
    security: mode.security,
    tls: { insecure: true },
    retry: { delayMs: 1 },
    deadlines: { abortMs: 2_000 },
  } as const;
  const pool = createPool(connect, { size: 8 });
  return {
    server,
    pool,
    path: folder.join('copy'),
    async [Symbol.asyncDispose]() {
      await pool.quit();
      await server.stop();
      await folder.remove();
    },
  };
}

describe('a plan of segments', () => {
  test('covers every byte once, whatever the size', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.integer({ min: 1, max: 64 }), (size, wanted) => {
        const segments = planSegments(size, wanted);
        assert.ok(segments.length >= 1 && segments.length <= wanted);
        let at = 0;
        for (const { start, end } of segments) {
          assert.equal(start, at);
          at = end;
        }
        assert.equal(at, size);
        if (segments.length > 1) assert.ok(segments.every(({ start, end }) => end - start >= minSegmentBytes));
      }),
    );
  });
});

describe('the journal of segments', () => {
  const file = { remote: '/f', size: 10, modifiedMs: 5 };
  const joints = new Map<number, string>();
  const segments = [
    { start: 0, end: 4, done: 0 },
    { start: 4, end: 10, done: 0 },
  ];

  test('tells what was done, and forgets a torn last line', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('journal');
    const journal = await SegmentJournal.begin(path, { file, segments, joints });
    await journal.note(0, 2);
    await journal.note(1, 3);
    await journal.note(0, 4);
    await journal.close();
    await appendFile(path, '[1,');
    const again = await SegmentJournal.goOn(path);
    await again.note(1, 5);
    await again.close();
    const read = await readJournal(path);
    assert.deepEqual(read?.file, file);
    assert.deepEqual(
      read?.segments.map(({ done }) => done),
      [4, 5],
    );
  });

  test('is none where it cannot be understood', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('journal');
    for (const text of [
      '',
      'nonsense',
      '{}',
      '{"version":1,"remote":"/f","size":10,"segments":[[0,4],[5,10]]}',
      'null',
    ]) {
      await writeFile(path, text);
      assert.equal(await readJournal(path), undefined, text);
    }
  });

  test('never trusts more than a segment holds', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('journal');
    await writeFile(
      path,
      '{"version":1,"remote":"/f","size":10,"segments":[[0,4],[4,10]]}\n[0,99]\n[7,1]\n[1,-3]\n["x",1]\n',
    );
    assert.deepEqual(
      (await readJournal(path))?.segments.map(({ done }) => done),
      [4, 0],
    );
  });
});

describe('a download in segments', () => {
  for (const mode of [plain, tls12, tls13]) {
    test(`brings the whole file over several sessions, ${mode.name}`, async () => {
      await using place = await startPlace({}, mode);
      const result = await downloadSegments(place.pool, 'f', place.path, { segments: 4 });
      assert.ok((await readFile(place.path)).equals(bytes));
      assert.equal(result.outcome, 'complete');
      assert.equal((await stat(place.path)).mtimeMs, Date.UTC(2026, 0, 1, 12));
      assert.ok(place.server.sessions.filter(({ commands }) => commands.includes('RETR f')).length > 1);
      assert.deepEqual(await segmentFiles(place.path), []);
    });
  }

  test('goes on where a killed run has left it', async () => {
    await using place = await startPlace();
    const paths = await segmentPathsOf(place.path);
    const file = { remote: 'f', size: bytes.length, modifiedMs: Date.UTC(2026, 0, 1, 12) };
    const part = await SegmentedPart.open(paths, file, { segments: 4, resume: false });
    const second = part.segments[1];
    assert.ok(second !== undefined);
    await part.noteJoint(1, bytes.subarray(second.start - jointBytes, second.start));
    await part.write(1, [bytes.subarray(second.start, second.start + 500_000)]);
    await part.close();
    const result = await downloadSegments(place.pool, 'f', place.path, { segments: 4, resume: true });
    assert.equal(result.offset, 500_000);
    assert.ok((await readFile(place.path)).equals(bytes));
    const restarts = place.server.sessions
      .flatMap(({ commands }) => commands)
      .filter((line) => line.startsWith('REST'));
    assert.ok(restarts.includes(`REST ${second.start + 500_000 - jointBytes}`), restarts.join());
  });

  test('does not join a file that has changed since', async () => {
    await using place = await startPlace();
    const paths = await segmentPathsOf(place.path);
    const part = await SegmentedPart.open(paths, { remote: 'f', size: 5_000_000 }, { segments: 4, resume: false });
    await part.write(0, [bytes.subarray(0, 1000)]);
    await part.close();
    const again = downloadSegments(place.pool, 'f', place.path, { segments: 4, resume: true });
    await assert.rejects(again, { code: 'ERR_TWINLINE_CHANGED' });
    await assert.rejects(stat(place.path), { code: 'ENOENT' });
    assert.equal((await segmentFiles(place.path)).length, 2);
  });

  test('does not join a file that changes while it is fetched', async () => {
    let asked = 0;
    const MDTM = (session: ScriptedSession) => session.reply(`213 2026010112000${(asked += 1)}`);
    await using place = await startPlace({ MDTM });
    const fetched = downloadSegments(place.pool, 'f', place.path, { segments: 2 });
    await assert.rejects(fetched, { code: 'ERR_TWINLINE_CHANGED' });
    await assert.rejects(stat(place.path), { code: 'ENOENT' });
  });

  test('does not join segments of a server that ignores REST', async () => {
    const RETR: Script = async (session) => {
      const from = session.restartAt;
      session.restartAt = 0;
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write(bytes.subarray(0, bytes.length - from)).catch(() => undefined);
      await session.endData(line).catch(() => undefined);
      await session.reply('226 Done');
    };
    await using place = await startPlace({ RETR });
    const fetched = downloadSegments(place.pool, 'f', place.path, { segments: 3 });
    await assert.rejects(fetched, { code: 'ERR_TWINLINE_CHANGED', message: /do not fit together/ });
    await assert.rejects(stat(place.path), { code: 'ENOENT' });
    assert.deepEqual(await segmentFiles(place.path), []);
  });

  test('replaces a session that is lost in a segment', async () => {
    let cuts = 0;
    const RETR = async (session: ScriptedSession) => {
      const from = session.restartAt;
      session.restartAt = 0;
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      if ((cuts += 1) <= 3) {
        await line.write(bytes.subarray(from, from + 300_000));
        session.control.reset();
        line.reset();
        return;
      }
      const sending = line.write(bytes.subarray(from)).catch(() => undefined);
      await sending;
      await session.endData(line).catch(() => undefined);
      await session.reply('226 Done');
    };
    await using place = await startPlace({ RETR });
    await downloadSegments(place.pool, 'f', place.path, { segments: 3 });
    assert.ok((await readFile(place.path)).equals(bytes));
    assert.ok(cuts > 3);
  });

  test('that is aborted keeps what is here, and changes nothing under the name', async () => {
    await using place = await startPlace();
    await writeFile(place.path, 'old');
    const stop = new AbortController();
    const fetched = downloadSegments(place.pool, 'f', place.path, {
      segments: 2,
      rateLimit: 2_000_000,
      signal: stop.signal,
      onProgress: ({ bytes: moved }) => {
        if (moved > 400_000) stop.abort();
      },
    });
    await assert.rejects(fetched, { code: 'ERR_TWINLINE_ABORTED' });
    assert.equal(await readFile(place.path, 'utf8'), 'old');
    const result = await downloadSegments(place.pool, 'f', place.path, { segments: 2, resume: true });
    assert.ok(result.offset > 0);
    assert.ok((await readFile(place.path)).equals(bytes));
  });

  test('is refused where the server tells no size', async () => {
    await using place = await startPlace({ SIZE: '502 Not here' });
    await assert.rejects(downloadSegments(place.pool, 'f', place.path, { segments: 2 }), /SIZE/);
    assert.deepEqual(await segmentFiles(place.path), []);
  });
});

async function segmentFiles(path: string): Promise<string[]> {
  const names = [`${path}.segments`, `${path}.segments.journal`];
  const found = await Promise.all(
    names.map((name) =>
      stat(name).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return found.flat();
}
