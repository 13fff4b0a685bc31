import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTempFolder,
  type Script,
  type ScriptedSession,
  seededBytes,
  type TempFolder,
} from '../../testing/index.ts';
import { modes, notes, startPair } from '../../../test/fixtures/client-pair.ts';

const file = seededBytes(3_000_000, 51);
const retry = { tries: 5, delayMs: 1, maxDelayMs: 5 };

async function folderWithFile(): Promise<TempFolder> {
  const folder = await createTempFolder();
  await writeFile(folder.join('f'), file);
  return folder;
}

/** A STOR that keeps what has come when the session is lost behind about `cutAt` bytes, `times` times. */
function losing(times: number, cutAt: number): Script {
  let left = times;
  return async (session, name) => {
    const kept = (session.uploads.get(name) ?? Buffer.alloc(0)).subarray(0, session.restartAt);
    session.restartAt = 0;
    await session.reply('150 Send it');
    const line = await session.acceptData();
    if (left > 0) {
      left -= 1;
      const bytes = await line.take((unread) => (unread.length >= cutAt ? cutAt : undefined), 'enough');
      session.uploads.set(name, Buffer.concat([kept, bytes]));
      session.control.reset();
      return;
    }
    session.uploads.set(name, Buffer.concat([kept, await line.readToEnd()]));
    await session.endData(line);
    await session.reply('226 Done');
  };
}

const restsOf = (sessions: readonly ScriptedSession[]) =>
  sessions.flatMap(({ commands }) => commands.filter((line) => /^(?:REST|STOR|APPE)/.test(line)));

for (const mode of modes) {
  describe(`an upload of a file (${mode.name})`, () => {
    test('arrives whole, with its time where the server takes it', async () => {
      await using folder = await folderWithFile();
      await utimes(folder.join('f'), new Date('2012-11-12T22:33:35Z'), new Date('2012-11-12T22:33:35Z'));
      const commands = { FEAT: '211-Features:\n MFMT\n211 End', MFMT: '213 Modify=20121112223335; f' };
      await using pair = await startPair(mode, { commands });
      assert.equal((await pair.client.uploadFile(folder.join('f'), 'f')).outcome, 'complete');
      assert.deepEqual(pair.server.uploads.get('f'), file);
      assert.ok(pair.session.commands.includes('MFMT 20121112223335 f'));
    });

    test('goes on behind what the server has kept, on a new session', async () => {
      await using folder = await folderWithFile();
      await using pair = await startPair(mode, { commands: { STOR: losing(2, 500_000) } }, { retry });
      const result = await pair.client.uploadFile(folder.join('f'), 'f');
      assert.equal(result.offset, 1_000_000);
      assert.deepEqual(pair.server.uploads.get('f'), file);
      const expected = ['STOR f', 'REST 500000', 'STOR f', 'REST 1000000', 'STOR f'];
      assert.deepEqual(restsOf(pair.server.sessions), expected);
    });

    test('goes on with APPE where the server does not take REST', async () => {
      await using folder = await folderWithFile();
      await using pair = await startPair(mode, { commands: { STOR: losing(1, 500_000), REST: '502 No' } }, { retry });
      await pair.client.uploadFile(folder.join('f'), 'f');
      assert.deepEqual(pair.server.uploads.get('f'), file);
      assert.equal(restsOf(pair.server.sessions).at(-1), 'APPE f');
    });

    test('whose last reply was lost is verified and not sent again', async () => {
      await using folder = await folderWithFile();
      const STOR: Script = async (session, name) => {
        await session.reply('150 Send it');
        const line = await session.acceptData();
        session.uploads.set(name, await line.readToEnd());
        await session.endData(line);
        session.control.reset();
      };
      await using pair = await startPair(mode, { commands: { STOR } }, { retry });
      const result = await pair.client.uploadFile(folder.join('f'), 'f');
      assert.equal(result.outcome, 'unconfirmed');
      assert.equal(pair.verbs().filter((verb) => verb === 'STOR').length, 1);
    });
  });
}

describe('what is there already', () => {
  test('is gone on behind when it is the beginning of the file, and replaced when it is something else', async () => {
    await using folder = await folderWithFile();
    for (const [there, offset] of [
      [file.subarray(0, 100_000), 100_000],
      [Buffer.alloc(100_000, 'x'), 0],
      [Buffer.concat([file, file]), 0],
      [undefined, 0],
    ] as const) {
      await using pair = await startPair(modes[2]);
      if (there !== undefined) await pair.client.upload('f', there);
      const result = await pair.client.uploadFile(folder.join('f'), 'f', { resume: true });
      assert.equal(result.offset, offset);
      assert.deepEqual(pair.server.uploads.get('f'), file);
    }
  });

  test('is believed where nobody may read it', async () => {
    await using folder = await folderWithFile();
    await using pair = await startPair(modes[2], { commands: { RETR: '550 Permission denied' } });
    await pair.client.upload('f', file.subarray(0, 1000));
    await pair.client.uploadFile(folder.join('f'), 'f', { resume: true });
    assert.deepEqual(pair.server.uploads.get('f'), file);
  });

  test('is waited for while a dying session still writes', async () => {
    await using folder = await folderWithFile();
    const sizes = ['213 1000', '213 2000', '213 3000', '213 3000'];
    const SIZE: Script = (session) => session.reply(sizes.shift() ?? '213 3000000');
    await using pair = await startPair(modes[2], { commands: { SIZE } });
    await pair.client.upload('f', file.subarray(0, 3000), { verifySize: false });
    const result = await pair.client.uploadFile(folder.join('f'), 'f', { resume: true });
    assert.equal(result.offset, 3000);
  });

  test('of an older file is not taken for ours when the first attempt never began', async () => {
    await using folder = await folderWithFile();
    let isFirst = true;
    const EPSV: Script = async (session) => {
      if (!isFirst) return session.reply(`229 Go (|||${await session.openData()}|)`);
      isFirst = false;
      session.control.reset();
      return undefined;
    };
    await using pair = await startPair(modes[2], { commands: { EPSV } }, { retry });
    await pair.client.uploadFile(folder.join('f'), 'f');
    assert.ok(!pair.verbs().includes('REST'));
    assert.deepEqual(pair.server.uploads.get('f'), file);
  });
});

describe('what an attempt has left there', () => {
  test('is told from an old file that the server keeps until the new one is whole', async () => {
    await using folder = await folderWithFile();
    const old = Buffer.alloc(1000, 'x');
    let kept: Buffer = old;
    const hidden = losing(1, 500_000);
    const STOR: Script = async (session, name) => {
      await (hidden as (session: ScriptedSession, name: string) => Promise<void>)(session, name);
      kept = session.uploads.get(name) ?? old;
    };
    const SIZE: Script = (session) => session.reply(`213 ${kept.length > 1_000_000 ? kept.length : old.length}`);
    await using pair = await startPair(modes[2], { commands: { STOR, SIZE } }, { retry });
    await pair.client.uploadFile(folder.join('f'), 'f');
    assert.ok(!pair.verbs().includes('REST'));
    assert.deepEqual(pair.server.uploads.get('f'), file);
    assert.match(notes(pair.trace), /what is there is not what was sent before the loss/);
  });

  test('is not gone on behind when it is longer than what was sent', async () => {
    await using folder = await folderWithFile();
    const sizes = ['550 None', '213 2900000', '213 2900000'];
    const SIZE: Script = (session) => session.reply(sizes.shift() ?? '213 3000000');
    await using pair = await startPair(modes[2], { commands: { STOR: losing(1, 500_000), SIZE } }, { retry });
    await pair.client.uploadFile(folder.join('f'), 'f', { rateLimit: 20_000_000 });
    assert.ok(!pair.verbs().includes('REST'));
    assert.deepEqual(pair.server.uploads.get('f'), file);
  });

  test('of a small file is read back when only the last reply was lost', async () => {
    await using folder = await createTempFolder();
    const small = file.subarray(0, 50_000);
    await writeFile(folder.join('f'), small);
    for (const isKept of [true, false]) {
      let losses = 1;
      const STOR: Script = async (session, name) => {
        await session.reply('150 Send it');
        const line = await session.acceptData();
        const bytes = await line.readToEnd();
        // An old file of the same size is what a careless look would take for ours.
        session.uploads.set(name, isKept || losses === 0 ? bytes : Buffer.alloc(bytes.length, 'x'));
        await session.endData(line);
        if (losses === 0) await session.reply('226 Done');
        else session.control.reset();
        losses = 0;
      };
      await using pair = await startPair(modes[2], { commands: { STOR } }, { retry });
      const result = await pair.client.uploadFile(folder.join('f'), 'f');
      assert.equal(result.outcome, isKept ? 'unconfirmed' : 'complete');
      assert.equal(pair.verbs().filter((verb) => verb === 'STOR').length, isKept ? 1 : 2);
      assert.deepEqual(pair.server.uploads.get('f'), small);
    }
  });

  test('of a small file is not gone on behind', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('f'), file.subarray(0, 500_000));
    await using pair = await startPair(modes[2], { commands: { STOR: losing(1, 100_000) } }, { retry });
    await pair.client.uploadFile(folder.join('f'), 'f');
    assert.ok(!pair.verbs().includes('REST'));
    assert.deepEqual(pair.server.uploads.get('f'), file.subarray(0, 500_000));
  });
});

describe('the local side of an upload', () => {
  test('names a missing file and a folder before anything is asked of the server', async () => {
    await using folder = await createTempFolder();
    await using pair = await startPair(modes[2]);
    const before = pair.verbs().length;
    await assert.rejects(pair.client.uploadFile(folder.join('none'), 'f'), {
      code: 'ERR_TWINLINE_LOCAL_FILE',
      message: /does not exist; check the path/,
    });
    await assert.rejects(pair.client.uploadFile(folder.path, 'f'), {
      code: 'ERR_TWINLINE_LOCAL_FILE',
      message: /is a folder/,
    });
    assert.equal(pair.verbs().length, before);
  });

  test('does not try again what the server refuses for good', async () => {
    await using folder = await folderWithFile();
    await using pair = await startPair(modes[2], { commands: { STOR: '553 Not here' } }, { retry });
    await assert.rejects(pair.client.uploadFile(folder.join('f'), 'f'), { replyCode: 553 });
    assert.equal(pair.server.sessions.length, 1);
  });

  test('stops waiting for a retry when it is aborted', async () => {
    await using folder = await folderWithFile();
    const abort = new AbortController();
    const slow = { tries: 5, delayMs: 60_000, maxDelayMs: 60_000 };
    await using pair = await startPair(modes[2], { commands: { STOR: losing(9, 500_000) } }, { retry: slow });
    const upload = pair.client.uploadFile(folder.join('f'), 'f', {
      signal: abort.signal,
      onRetry: () => void sleep(10).then(() => abort.abort()),
    });
    await assert.rejects(upload, { code: 'ERR_TWINLINE_ABORTED' });
    assert.ok(!notes(pair.trace).includes('Starting from the beginning'));
  });
});
