import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createTempFolder, type Script, type ScriptedSession, seededBytes } from '../../testing/index.ts';
import { modes, notes, startPair } from '../../../test/fixtures/client-pair.ts';

const file = seededBytes(300_000, 41);
const files = { f: file };
const retry = { tries: 5, delayMs: 1, maxDelayMs: 5 };

/** A RETR that serves what REST asks for, and breaks the session by `lose` behind `cutAt` bytes, `times` times. */
function losing(times: number, cutAt: number, lose: (session: ScriptedSession) => void): Script {
  let left = times;
  return async (session, name) => {
    const from = session.restartAt;
    session.restartAt = 0;
    const bytes = (session.files[name] as Buffer).subarray(from);
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    if (left > 0) {
      left -= 1;
      await line.write(bytes.subarray(0, cutAt));
      await new Promise((resolve) => setTimeout(resolve, 20));
      lose(session);
      return;
    }
    await line.write(bytes);
    await session.endData(line);
    await session.reply('226 Done');
  };
}

for (const mode of modes) {
  describe(`a download to a file (${mode.name})`, () => {
    test('stands under its name when it is whole, with the time of the original', async () => {
      await using folder = await createTempFolder();
      await using pair = await startPair(mode, { files, commands: { MDTM: '213 20121112223335' } });
      const result = await pair.client.downloadFile('f', folder.join('out'));
      assert.equal(result.outcome, 'complete');
      assert.deepEqual(await readFile(folder.join('out')), file);
      assert.deepEqual(await readdir(folder.path), ['out']);
      assert.equal((await stat(folder.join('out'))).mtimeMs, Date.UTC(2012, 10, 12, 22, 33, 35));
    });

    test('goes on at the verified offset on a new session, as often as it must', async () => {
      for (const lose of [
        (session: ScriptedSession) => session.control.reset(),
        (session: ScriptedSession) => session.dataLines.at(-1)?.reset(),
      ]) {
        await using folder = await createTempFolder();
        const RETR = losing(3, 50_000, (session) => {
          lose(session);
          session.control.reset();
        });
        await using pair = await startPair(mode, { files, commands: { RETR } }, { retry });
        const notices: number[] = [];
        const result = await pair.client.downloadFile('f', folder.join('out'), {
          onRetry: ({ attempt }) => notices.push(attempt),
        });
        assert.deepEqual(await readFile(folder.join('out')), file);
        assert.deepEqual(notices, [1, 2, 3]);
        assert.equal(result.offset, 117_232);
        const rests = pair.server.sessions.flatMap(({ commands }) =>
          commands.filter((line) => line.startsWith('REST')),
        );
        assert.deepEqual(
          rests,
          [33_616, 67_232, 100_848].map((offset) => `REST ${offset}`),
        );
      }
    });

    test('gives up when its tries are used up, and keeps what has arrived', async () => {
      await using folder = await createTempFolder();
      const RETR = losing(9, 10_000, (session) => session.control.reset());
      await using pair = await startPair(mode, { files, commands: { RETR } }, { retry: { ...retry, tries: 2 } });
      await assert.rejects(pair.client.downloadFile('f', folder.join('out')), { code: 'ERR_TWINLINE_CONTROL_LOST' });
      assert.equal(pair.server.sessions.length, 3);
      assert.deepEqual(await readdir(folder.path), ['out.part']);
      assert.deepEqual(await readFile(folder.join('out.part')), file.subarray(0, 17_500));
    });

    test('goes on with the part of an earlier attempt when it is told to', async () => {
      await using folder = await createTempFolder();
      await writeFile(folder.join('out.part'), file.subarray(0, 200_000));
      await using pair = await startPair(mode, { files });
      const result = await pair.client.downloadFile('f', folder.join('out'), { resume: true });
      assert.equal(result.offset, 200_000);
      assert.equal(result.bytes, 100_000);
      assert.deepEqual(await readFile(folder.join('out')), file);
    });

    test('that an earlier attempt has left whole shows its last bytes and is not transferred again', async () => {
      await using folder = await createTempFolder();
      await writeFile(folder.join('out.part'), file);
      await using pair = await startPair(mode, { files });
      const result = await pair.client.downloadFile('f', folder.join('out'), { resume: true });
      assert.deepEqual([result.outcome, result.offset, result.bytes], ['complete', file.length, 0]);
      assert.ok(pair.session.commands.includes(`REST ${file.length - 16 * 1024}`));
      assert.deepEqual(await readFile(folder.join('out')), file);
    });

    test('does not take another file of the same size for what an earlier attempt has left', async () => {
      await using folder = await createTempFolder();
      await writeFile(folder.join('out.part'), Buffer.alloc(file.length, 'x'));
      await using pair = await startPair(mode, { files, commands: { MDTM: '213 20120101000000' } });
      await pair.client.downloadFile('f', folder.join('out'), { resume: true });
      assert.deepEqual(await readFile(folder.join('out')), file);
    });
  });
}

describe('a part that may not belong to the file there', () => {
  test('is dropped when its end is not what the server has there, though size and time say nothing', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('out.part'), Buffer.alloc(200_000, 'x'));
    await using pair = await startPair(modes[2], { files, commands: { MDTM: '213 20120101000000' } });
    await pair.client.downloadFile('f', folder.join('out'), { resume: true });
    assert.deepEqual(await readFile(folder.join('out')), file);
    assert.match(notes(pair.trace), /not the beginning of the file there/);
    assert.equal(pair.server.sessions.length, 1);
  });

  test('is dropped when REST has no effect, though the number of bytes fits', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('out.part'), file.subarray(0, 150_000));
    let asked = 0;
    const RETR: Script = async (session) => {
      const from = session.restartAt;
      session.restartAt = 0;
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write((asked += 1) === 1 ? file.subarray(0, file.length - from) : file);
      await session.endData(line).catch(() => undefined);
      await session.reply('226 Done');
    };
    await using pair = await startPair(modes[0], { files, commands: { RETR } });
    await pair.client.downloadFile('f', folder.join('out'), { resume: true });
    assert.deepEqual(await readFile(folder.join('out')), file);
  });

  test('is dropped when the file there is newer, shorter, or of unknown size', async () => {
    const cases: readonly (readonly [commands: Record<string, Script>, says: RegExp])[] = [
      [{ MDTM: '213 20300101000000' }, /newer/],
      [{ SIZE: '213 100' }, /shorter/],
      [{ SIZE: '550 No' }, /does not tell the size/],
    ];
    for (const [commands, says] of cases) {
      await using folder = await createTempFolder();
      await writeFile(folder.join('out.part'), Buffer.alloc(200_000, 'x'));
      await utimes(folder.join('out.part'), new Date('2020-01-01'), new Date('2020-01-01'));
      await using pair = await startPair(modes[2], { files, commands });
      await pair.client.downloadFile('f', folder.join('out'), { resume: true }).catch(() => undefined);
      assert.match(notes(pair.trace), says);
      assert.ok(!pair.verbs().includes('REST'));
    }
  });

  test('is dropped when the file there changes between two tries', async () => {
    await using folder = await createTempFolder();
    const changed = seededBytes(310_000, 42);
    const contents: Record<string, Buffer> = { f: file };
    const RETR = losing(1, 50_000, (session) => {
      contents['f'] = changed;
      session.control.reset();
    });
    await using pair = await startPair(modes[2], { files: contents, commands: { RETR } }, { retry });
    await pair.client.downloadFile('f', folder.join('out'));
    assert.deepEqual(await readFile(folder.join('out')), changed);
    assert.match(notes(pair.trace), /the file there has changed/);
  });

  test('is dropped when the server does not take REST', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('out.part'), file.subarray(0, 1000));
    await using pair = await startPair(modes[2], { files, commands: { REST: '502 No' } });
    await pair.client.downloadFile('f', folder.join('out'), { resume: true });
    assert.deepEqual(await readFile(folder.join('out')), file);
  });
});

describe('the local side of a download', () => {
  test('leaves nothing behind when the server refuses, and an old file as it was', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('out'), 'old');
    await using pair = await startPair(modes[2], { files });
    await assert.rejects(pair.client.downloadFile('none', folder.join('out')), { replyCode: 550 });
    assert.deepEqual(await readdir(folder.path), ['out']);
    assert.equal(await readFile(folder.join('out'), 'utf8'), 'old');
  });

  test('names what is wrong with the target in one sentence, before anything is asked of the server', async () => {
    await using folder = await createTempFolder();
    await mkdir(folder.join('folder'));
    await using pair = await startPair(modes[2], { files });
    const before = pair.verbs().length;
    for (const [target, says] of [
      [folder.join('folder'), /is a folder/],
      [folder.join('none', 'out'), /its folder does not exist/],
    ] as const) {
      await assert.rejects(pair.client.downloadFile('f', target), { code: 'ERR_TWINLINE_LOCAL_FILE', message: says });
    }
    assert.equal(pair.verbs().length, before);
  });

  test('reports a full disk, aborts, and keeps the session', { skip: process.platform !== 'linux' }, async () => {
    await using pair = await startPair(modes[2], { files });
    await assert.rejects(pair.client.downloadFile('f', '/dev/full'), {
      code: 'ERR_TWINLINE_LOCAL_FILE',
      message: /disk is full/,
    });
    assert.equal((await stat('/dev/full')).isCharacterDevice(), true);
    assert.equal(await pair.client.size('f'), 300_000);
  });

  test('writes through a link and straight into a device', { skip: process.platform !== 'linux' }, async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('real'), 'old');
    await symlink('real', folder.join('link'));
    await using pair = await startPair(modes[2], { files });
    await pair.client.downloadFile('f', folder.join('link'));
    assert.deepEqual(await readFile(folder.join('real')), file);
    assert.deepEqual((await readdir(folder.path)).sort(), ['link', 'real']);
    assert.equal((await pair.client.downloadFile('f', '/dev/null')).outcome, 'complete');
    assert.equal((await stat('/dev/null')).isCharacterDevice(), true);
  });

  test('makes what a link leads to that has no file yet, and the link stays', async () => {
    await using folder = await createTempFolder();
    await mkdir(folder.join('store'));
    await symlink('store/new', folder.join('link'));
    await symlink('link', folder.join('chain'));
    await using pair = await startPair(modes[2], { files });
    await pair.client.downloadFile('f', folder.join('chain'));
    assert.deepEqual(await readFile(folder.join('store/new')), file);
    assert.deepEqual((await readdir(folder.path)).sort(), ['chain', 'link', 'store']);
    assert.equal(await readlink(folder.join('link')), 'store/new');
  });

  test('refuses a link that leads nowhere it could write, and the link stays', async () => {
    await using folder = await createTempFolder();
    await symlink('loop', folder.join('loop'));
    await symlink('none/new', folder.join('lost'));
    await using pair = await startPair(modes[2], { files });
    for (const [name, says] of [
      ['loop', /leads in a circle; remove it/],
      ['lost', /a symbolic link to ".*\/none\/new", whose folder does not exist; create that folder/],
    ] as const) {
      const code = 'ERR_TWINLINE_LOCAL_FILE';
      await assert.rejects(pair.client.downloadFile('f', folder.join(name)), { code, message: says });
    }
    assert.deepEqual((await readdir(folder.path)).sort(), ['loop', 'lost']);
  });

  test('an abort keeps the part for the next attempt', async () => {
    await using folder = await createTempFolder();
    await using pair = await startPair(modes[2], { files });
    const abort = new AbortController();
    const download = pair.client.downloadFile('f', folder.join('out'), {
      signal: abort.signal,
      rateLimit: 100_000,
      onProgress: ({ bytes }) => bytes > 20_000 && abort.abort(),
    });
    await assert.rejects(download, { code: 'ERR_TWINLINE_ABORTED' });
    const part = await readFile(folder.join('out.part'));
    assert.ok(part.length > 20_000 && part.equals(file.subarray(0, part.length)));
    assert.equal((await pair.client.downloadFile('f', folder.join('out'), { resume: true })).offset, part.length);
  });
});
