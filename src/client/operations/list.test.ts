import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Script } from '../../testing/index.ts';
import { modes, startPair, tlsModes } from '../../../test/fixtures/client-pair.ts';
import type { Client } from '../client.ts';

async function names(client: Client, path?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of client.list(path)) found.push(entry.name);
  return found;
}

/** A listing command that sends these bytes and ends both lines well. */
function listing(bytes: Buffer | string): Script {
  return async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(bytes);
    await session.endData(line);
    await session.reply('226 Done');
  };
}

const noMlsd = { FEAT: '211-Features:\n SIZE\n211 End' };

for (const mode of modes) {
  describe(`a listing (${mode.name})`, () => {
    test('is MLSD where FEAT has it, with all facts, and without the folder itself', async () => {
      const MLSD = listing(
        'type=cdir; .\r\ntype=pdir; ..\r\ntype=dir;modify=20120102030405; in\r\n' +
          'Type=file;Size=5;Modify=20121112223335.5;UNIX.mode=0644; a b\r\ntype=OS.unix=slink:/x; l\r\n',
      );
      await using pair = await startPair(mode, { commands: { MLSD } });
      const entries = [];
      for await (const entry of pair.client.list('folder')) entries.push(entry);
      assert.deepEqual(
        entries.map(({ name, type, size }) => [name, type, size]),
        [
          ['in', 'directory', undefined],
          ['a b', 'file', 5],
          ['l', 'symlink', undefined],
        ],
      );
      assert.equal(entries[1]?.modifiedMs, Date.UTC(2012, 10, 12, 22, 33, 35, 500));
      assert.equal(entries[1]?.mode, 0o644);
      assert.ok(pair.session.commands.includes('MLSD folder'));
    });

    test('is LIST elsewhere, and shows what it does not understand as it came', async () => {
      const LIST = listing(
        'total 3\r\n-rw-r--r-- 1 o g 5 Jan 01 2012 a\r\nsomething else\r\ndrwxr-xr-x 2 o g 0 Jan 01 2012 d\r\n',
      );
      await using pair = await startPair(mode, { commands: { ...noMlsd, LIST } });
      const entries = [];
      for await (const entry of pair.client.list()) entries.push(entry);
      assert.deepEqual(
        entries.map(({ name, raw }) => [name, raw]),
        [
          ['a', undefined],
          ['something else', 'something else'],
          ['d', undefined],
        ],
      );
      assert.equal(entries[0]?.modifiedUncertain, true);
      assert.deepEqual(pair.session.commands.slice(-3), ['TYPE A', 'EPSV', 'LIST']);
    });

    test('by LIST that is empty is believed of a folder, and of a name that is none it is an error', async () => {
      const CWD: Script = (session) => session.reply(session.commands.at(-1) === 'CWD nosuch' ? '550 No' : '250 In it');
      await using pair = await startPair(mode, { commands: { ...noMlsd, LIST: listing(''), CWD } });
      assert.deepEqual(await names(pair.client, 'empty'), []);
      assert.deepEqual(pair.session.commands.slice(-4), ['LIST empty', 'PWD', 'CWD empty', 'CWD /']);
      await assert.rejects(names(pair.client, 'nosuch'), {
        code: 'ERR_TWINLINE_REFUSED',
        message: /CWD nosuch: "550 No"/,
      });
      assert.deepEqual(await names(pair.client), []);
      assert.equal(pair.session.commands.at(-1), 'LIST');
    });

    test('is LIST also where FEAT promises an MLSD that is not there', async () => {
      const LIST = listing('-rw-r--r-- 1 o g 5 Jan 01 2012 a\r\n');
      await using pair = await startPair(mode, { commands: { MLSD: '502 No', LIST } });
      assert.deepEqual(await names(pair.client), ['a']);
    });

    test('of an empty folder is empty', async () => {
      await using pair = await startPair(mode, { commands: { MLSD: listing('') } });
      assert.deepEqual(await names(pair.client), []);
    });

    test('keeps every byte of a name', async () => {
      const MLSD = listing(
        Buffer.concat([Buffer.from('type=file; a'), Buffer.from([0xff, 0xe4]), Buffer.from('\r\n')]),
      );
      await using pair = await startPair(mode, { commands: { MLSD } });
      assert.deepEqual(await names(pair.client), ['a\udcff\udce4']);
    });

    test('arrives entry by entry, cut anywhere', async () => {
      const text = 'type=file; a\r\ntype=file; bb\r\n';
      const seenBeforeEnd = Promise.withResolvers<void>();
      const MLSD: Script = async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        for (const character of text) {
          await line.write(character);
          await sleep(1);
        }
        await seenBeforeEnd.promise;
        await session.endData(line);
        await session.reply('226 Done');
      };
      await using pair = await startPair(mode, { commands: { MLSD } });
      const found: string[] = [];
      for await (const { name } of pair.client.list()) {
        found.push(name);
        if (name === 'bb') seenBeforeEnd.resolve();
      }
      assert.deepEqual(found, ['a', 'bb']);
    });

    test('that is refused says why, and the session goes on', async () => {
      await using pair = await startPair(mode, { commands: { MLSD: '550 No such folder' } });
      await assert.rejects(names(pair.client), { code: 'ERR_TWINLINE_REFUSED', replyCode: 550 });
      assert.equal(await pair.client.workingDirectory(), '/');
    });

    test('that ends by a reset or with 426 is never shown as whole', async () => {
      for (const [reply, expected] of [
        ['226 Done', { code: 'ERR_TWINLINE_DATA_LOST' }],
        ['426 Aborted', { code: 'ERR_TWINLINE_REFUSED' }],
      ] as const) {
        const MLSD: Script = async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write('type=file; a\r\n');
          await sleep(20);
          line.reset();
          await session.reply(reply);
        };
        await using pair = await startPair(mode, { commands: { MLSD } });
        await assert.rejects(names(pair.client), expected);
      }
    });

    test('that is left early is aborted, and the session goes on', async () => {
      const MLSD: Script = async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write('type=file; a\r\n'.repeat(3));
        assert.deepEqual(await session.nextCommand(), ['ABOR', '']);
        line.reset();
        await session.reply('426 Aborted\n226 ABOR done');
      };
      await using pair = await startPair(mode, { commands: { MLSD } });
      for await (const { name } of pair.client.list()) {
        assert.equal(name, 'a');
        break;
      }
      assert.equal(await pair.client.workingDirectory(), '/');
      assert.equal(pair.client.counts.get('transfer'), 0);
    });

    test('beyond its bound is cut off with an error, as is a line without end', async () => {
      for (const text of ['type=file; name\r\n'.repeat(10_000), 'x'.repeat(200_000)]) {
        await using pair = await startPair(
          mode,
          { commands: { MLSD: listing(text) } },
          { limits: { maxListingBytes: 100_000 } },
        );
        await assert.rejects(names(pair.client), { code: 'ERR_TWINLINE_LISTING_TOO_LONG' });
      }
    });
  });
}

for (const mode of tlsModes) {
  test(`a listing that ends without close_notify is never shown as whole (${mode.name})`, async () => {
    const MLSD: Script = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write('type=file; a\r\n');
      line.finWithoutCloseNotify();
      await session.reply('226 Done');
    };
    await using pair = await startPair(mode, { commands: { MLSD } });
    await assert.rejects(names(pair.client), { code: 'ERR_TWINLINE_DATA_TRUNCATED' });
  });
}

test('a taker that is slow holds the listing back and loses nothing of it', async () => {
  const text = Array.from({ length: 20_000 }, (_, index) => `type=file; f${index}\r\n`).join('');
  await using pair = await startPair(modes[2], { commands: { MLSD: listing(text) } }, { deadlines: { stallMs: 50 } });
  let count = 0;
  for await (const { name } of pair.client.list()) {
    assert.equal(name, `f${count}`);
    count += 1;
    if (count % 4000 === 0) await sleep(60);
  }
  assert.equal(count, 20_000);
});

describe('a listing that is still being taken', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `type=file; f${index}\r\n`).join('');

  test('gives way to other operations and loses nothing', async () => {
    await using pair = await startPair(modes[2], { commands: { MLSD: listing(many), DELE: '250 Gone' } });
    let count = 0;
    for await (const { name } of pair.client.list()) {
      assert.equal(name, `f${count}`);
      count += 1;
      if (count === 1 || count % 5000 === 0) await pair.client.remove(name);
    }
    assert.equal(count, 20_000);
    assert.equal(pair.verbs().filter((verb) => verb === 'DELE').length, 5);
  });

  test('gives way also when it is cut, and says so at its end', async () => {
    const MLSD: Script = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write('type=file; a\r\n');
      await sleep(20);
      line.reset();
      await session.reply('426 Cut');
    };
    await using pair = await startPair(modes[2], { commands: { MLSD, DELE: '250 Gone' } });
    const seen: string[] = [];
    const run = async (): Promise<void> => {
      for await (const { name } of pair.client.list()) {
        seen.push(name);
        await pair.client.remove(name);
      }
    };
    await assert.rejects(run(), { replyCode: 426 });
    assert.deepEqual(seen, ['a']);
  });

  test('lets the session end', async () => {
    await using pair = await startPair(modes[2], { commands: { MLSD: listing(many) } });
    const iterator = pair.client.list();
    await iterator.next();
    await pair.client.quit();
    assert.equal(pair.client.isConnected, false);
    await iterator.return();
  });
});

describe('facts of one name', () => {
  test('come from MLST', async () => {
    const MLST = '250-Facts:\n type=file;size=7;modify=20121112223335; /in/a\n250 End';
    await using pair = await startPair(modes[0], { commands: { MLST } });
    assert.deepEqual(await pair.client.stat('in/a'), {
      name: '/in/a',
      type: 'file',
      size: 7,
      modifiedMs: Date.UTC(2012, 10, 12, 22, 33, 35),
    });
  });

  test('come from SIZE, MDTM and CWD where there is no MLST', async () => {
    const commands = { ...noMlsd, MDTM: '213 20121112223335' };
    await using pair = await startPair(modes[0], { commands, files: { a: Buffer.from('1234567') } });
    assert.deepEqual(await pair.client.stat('a'), {
      name: 'a',
      type: 'file',
      size: 7,
      modifiedMs: Date.UTC(2012, 10, 12, 22, 33, 35),
    });
    assert.equal((await pair.client.stat('folder')).type, 'directory');
    assert.deepEqual(pair.session.commands.slice(-2), ['CWD folder', 'CWD /']);
  });
});
