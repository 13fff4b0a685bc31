/** RETR, STOR and APPE as they should go: every size, restart both ways, resume, the ASCII type, back-pressure, and what 226 means. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { type DataLine, hashOf, type ScriptedClient, seededBytes } from '../../src/testing/index.ts';
import { createMemoryStorage, type StorageBackend, type WriteHandle } from '../../src/storage/index.ts';
import { type Protection, protections, startServer, type TestServer } from '../fixtures/start-server.ts';

interface Way {
  readonly client: ScriptedClient;
  readonly protection: Protection;
}

function endOf(line: DataLine, protection: Protection): void {
  if (protection === 'plain') line.fin();
  else line.closeNotifyThenFin();
}

async function fetchWith({ client, protection }: Way, command: string): Promise<Buffer> {
  const line = await client.openPassive({ tls: protection !== 'plain' });
  await client.expect(150, command);
  const bytes = await line.readToEnd();
  assert.equal(line.ending.how, protection === 'plain' ? 'fin' : 'close-notify');
  endOf(line, protection);
  assert.equal(await client.readReply(), '226 Transfer OK');
  return bytes;
}

async function storeWith({ client, protection }: Way, command: string, bytes: Uint8Array | string): Promise<void> {
  const line = await client.openPassive({ tls: protection !== 'plain' });
  await client.expect(150, command);
  await line.secured;
  await line.write(bytes);
  endOf(line, protection);
  assert.equal(await client.readReply(), '226 Transfer OK');
  assert.equal((await line.ended).how, protection === 'plain' ? 'fin' : 'close-notify');
}

/** Begins an upload, sends `bytes`, cuts the data line, and reads the 426. */
async function cutUpload({ client, protection }: Way, command: string, bytes: Uint8Array | string): Promise<void> {
  const line = await client.openPassive({ tls: protection !== 'plain' });
  await client.expect(150, command);
  await line.secured;
  await line.write(bytes);
  // STAT is answered beside the transfer: what was sent before it has arrived.
  for (let told = -1; told < bytes.length;) {
    told = Number(/: (\d+) bytes transferred/.exec(await client.command('STAT'))?.[1] ?? 0);
  }
  line.reset();
  assert.match(await client.readReply(), /^426 .*reset/);
}

for (const protection of protections) {
  for (const files of ['memory', 'disk'] as const) {
    describe(`transfers over ${protection}, files ${files === 'disk' ? 'on' : 'in'} ${files}`, () => {
      const open = async (): Promise<{ server: TestServer; way: Way; [Symbol.asyncDispose]: () => Promise<void> }> => {
        const server = await startServer({ tls: 'optional', files });
        const client = await server.session({ protection });
        const dispose = async (): Promise<void> => {
          await client[Symbol.asyncDispose]();
          await server[Symbol.asyncDispose]();
        };
        return { server, way: { client, protection }, [Symbol.asyncDispose]: dispose };
      };

      for (const size of [0, 1, 65_536, 262_144, 262_145, 3_000_000]) {
        test(`a file of ${size} bytes goes up, is whole, and comes down`, async () => {
          await using opened = await open();
          const bytes = seededBytes(size, size + 1);
          await storeWith(opened.way, 'STOR a', bytes);
          assert.equal(hashOf((await opened.server.read('/a')) ?? 'none'), hashOf(bytes));
          assert.equal(await opened.way.client.command('SIZE a'), `213 ${size}`);
          assert.equal(hashOf(await fetchWith(opened.way, 'RETR a')), hashOf(bytes));
          const records = opened.server.eventsOf('transfer').map(({ transfer }) => transfer);
          assert.deepEqual(
            records.map((record) => [record.direction, record.cause, record.verdict, record.bytes]),
            [
              ['upload', 'completed', 'complete', size],
              ['download', 'completed', 'complete', size],
            ],
          );
        });
      }

      test('STOR replaces the old content', async () => {
        await using opened = await open();
        await storeWith(opened.way, 'STOR a', 'a long old content');
        await storeWith(opened.way, 'STOR a', 'new');
        assert.equal((await opened.server.read('/a'))?.toString(), 'new');
      });

      test('APPE behind REST writes where the marker says, as STOR does', async () => {
        await using opened = await open();
        await storeWith(opened.way, 'APPE a', '0123456789');
        await opened.way.client.expect(350, 'REST 4');
        await storeWith(opened.way, 'APPE a', 'abc');
        assert.equal((await opened.server.read('/a'))?.toString(), '0123abc');
      });

      test('APPE continues a file, and makes one', async () => {
        await using opened = await open();
        await storeWith(opened.way, 'APPE a', '01234');
        await storeWith(opened.way, 'APPE a', '56789');
        assert.equal((await opened.server.read('/a'))?.toString(), '0123456789');
      });

      test('REST makes a download begin later, for one transfer only', async () => {
        await using opened = await open();
        await opened.server.write('/a', Buffer.from('0123456789'));
        const { client } = opened.way;
        assert.match(await client.command('REST 4'), /^350 Restarting at 4/);
        assert.equal((await fetchWith(opened.way, 'RETR a')).toString(), '456789');
        assert.equal((await fetchWith(opened.way, 'RETR a')).toString(), '0123456789');
        await client.expect(350, 'REST 10');
        assert.equal((await fetchWith(opened.way, 'RETR a')).toString(), '');
        await client.expect(350, 'REST 11');
        await client.expect(229, 'EPSV');
        assert.match(await client.command('RETR a'), /^554 /);
        assert.equal((await fetchWith(opened.way, 'RETR a')).toString(), '0123456789');
      });

      test('REST makes an upload write behind what stands there', async () => {
        await using opened = await open();
        await opened.server.write('/a', Buffer.from('0123456789'));
        await opened.way.client.expect(350, 'REST 4');
        await storeWith(opened.way, 'STOR a', 'abc');
        assert.equal((await opened.server.read('/a'))?.toString(), '0123abc');
        await opened.way.client.expect(350, 'REST 8');
        await opened.way.client.expect(229, 'EPSV');
        assert.match(await opened.way.client.command('STOR a'), /^554 /);
        assert.equal((await opened.server.read('/a'))?.toString(), '0123abc');
      });

      test('an interrupted upload is out of sight, and its owner resumes it by SIZE, REST and STOR', async () => {
        await using opened = await open();
        const { server, way } = opened;
        const bytes = seededBytes(100_000, 5);
        await cutUpload(way, 'STOR a', bytes.subarray(0, 60_000));
        assert.equal(await server.read('/a'), undefined);
        assert.equal((await fetchWith(way, 'NLST')).toString(), '');
        await using other = await server.session({ protection, user: 'other' });
        assert.match(await other.command('SIZE a'), /^550 /);
        assert.equal(await way.client.command('SIZE a'), '213 60000');
        await way.client.expect(350, 'REST 60000');
        await storeWith(way, 'STOR a', bytes.subarray(60_000));
        assert.equal(hashOf((await server.read('/a')) ?? 'none'), hashOf(bytes));
        assert.equal(await way.client.command('SIZE a'), '213 100000');
      });

      test('an interrupted upload is resumed by APPE, too, and in a new session', async () => {
        await using opened = await open();
        const bytes = seededBytes(100_000, 6);
        await cutUpload(opened.way, 'STOR a', bytes.subarray(0, 60_000));
        await using client = await opened.server.session({ protection });
        const again = { client, protection };
        assert.equal(await client.command('SIZE a'), '213 60000');
        await storeWith(again, 'APPE a', bytes.subarray(60_000));
        assert.equal(hashOf((await opened.server.read('/a')) ?? 'none'), hashOf(bytes));
      });

      test('an interrupted upload leaves the old content in place', async () => {
        await using opened = await open();
        await opened.server.write('/a', Buffer.from('old'));
        await cutUpload(opened.way, 'STOR a', 'brand new');
        assert.equal((await opened.server.read('/a'))?.toString(), 'old');
        assert.equal((await fetchWith(opened.way, 'RETR a')).toString(), 'old');
      });

      test('the ASCII type converts line ends down and up, and counts bytes as they travel', async () => {
        await using opened = await open();
        const { server, way } = opened;
        await server.write('/a', Buffer.from('one\ntwo\r\nthree\n\nend'));
        await way.client.expect(200, 'TYPE A');
        assert.equal((await fetchWith(way, 'RETR a')).toString(), 'one\r\ntwo\r\nthree\r\n\r\nend');
        await storeWith(way, 'STOR b', 'one\r\ntwo\nthr\ree\r\r\n\r');
        assert.equal((await server.read('/b'))?.toString(), 'one\ntwo\nthr\ree\r\n\r');
        await storeWith(way, 'APPE b', '\r\nfour\r\n');
        assert.equal((await server.read('/b'))?.toString(), 'one\ntwo\nthr\ree\r\n\r\nfour\n');
        assert.equal(await way.client.command('SIZE a'), '213 22');
        await server.write('/large', Buffer.alloc(1_048_577, 'x'));
        assert.match(await way.client.command('SIZE large'), /^550 .*TYPE I/);
      });

      test('a download in the ASCII type goes on at any byte of what travels, and not behind its end', async () => {
        await using opened = await open();
        const { server, way } = opened;
        await server.write('/a', Buffer.from('one\ntwo\r\nend'));
        const travels = 'one\r\ntwo\r\nend';
        await way.client.expect(200, 'TYPE A');
        for (let offset = 0; offset <= travels.length; offset += 1) {
          await way.client.expect(350, `REST ${offset}`);
          assert.equal((await fetchWith(way, 'RETR a')).toString(), travels.slice(offset), String(offset));
        }
        await way.client.expect(350, `REST ${travels.length + 1}`);
        await way.client.expect(229, 'EPSV');
        assert.match(await way.client.command('RETR a'), /^554 /);
        // The offset counts in the type of the transfer, whatever the type was when REST came.
        await way.client.expect(350, 'REST 4');
        await way.client.expect(200, 'TYPE I');
        assert.equal((await fetchWith(way, 'RETR a')).toString(), 'two\r\nend');
      });

      test('an upload in the ASCII type goes on at the byte that SIZE tells, also within a line end', async () => {
        await using opened = await open();
        const { server, way } = opened;
        const travels = 'one\r\ntwo\rx\r\n\r\nend\r\n';
        for (let cutAt = 1; cutAt < travels.length; cutAt += 1) {
          await way.client.expect(200, 'TYPE A');
          await cutUpload(way, 'STOR a', travels.slice(0, cutAt));
          const [, told = ''] = (await way.client.expect(213, 'SIZE a')).split(' ');
          const offset = Number(told);
          // A CR at the end may be half a line end, and waits for the next byte.
          assert.equal(offset, travels[cutAt - 1] === '\r' ? cutAt - 1 : cutAt, String(cutAt));
          await way.client.expect(350, `REST ${offset}`);
          await storeWith(way, 'STOR a', travels.slice(offset));
          assert.equal((await server.read('/a'))?.toString(), 'one\ntwo\rx\n\nend\n', String(cutAt));
          await way.client.expect(250, 'DELE a');
        }
        await server.write('/a', Buffer.from('one\ntwo'));
        await way.client.expect(350, 'REST 4');
        await storeWith(way, 'STOR a', '\nTWO');
        assert.equal((await server.read('/a'))?.toString(), 'one\nTWO');
        await way.client.expect(350, 'REST 9');
        await way.client.expect(229, 'EPSV');
        assert.match(await way.client.command('STOR a'), /^554 /);
      });

      test('a large text keeps its line ends through the ASCII type, both ways', async () => {
        await using opened = await open();
        const { server, way } = opened;
        const text = Array.from({ length: 60_000 }, (_, i) => `line ${i} ${'x'.repeat(i % 7)}`).join('\n');
        await way.client.expect(200, 'TYPE A');
        await storeWith(way, 'STOR a', text.replaceAll('\n', '\r\n'));
        assert.equal(hashOf((await server.read('/a')) ?? ''), hashOf(text));
        assert.equal(hashOf(await fetchWith(way, 'RETR a')), hashOf(text.replaceAll('\n', '\r\n')));
      });

      test('what is not there, or is a directory, is 550, and the session goes on', async () => {
        await using opened = await open();
        const { server, way } = opened;
        await server.storage.makeDirectory('/d');
        await server.write('/f', Buffer.from('file'));
        for (const command of [
          'RETR none',
          'RETR d',
          'RETR /',
          'STOR d',
          'APPE d',
          'STOR none/a',
          'RETR f/a',
          'STOR f/a',
        ]) {
          await way.client.expect(229, 'EPSV');
          assert.match(await way.client.command(command), /^55[03] /, command);
        }
        assert.equal((await fetchWith(way, 'RETR f')).toString(), 'file');
        assert.equal(server.eventsOf('transfer').length, 1);
      });
    });
  }
}

describe('a data connection that is ahead of its command', () => {
  test('may have sent all of an upload in clear, and have ended, before STOR', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.session({ protection: 'plain' });
    const line = await client.openPassive();
    await line.write('early bird');
    line.fin();
    await client.expect(200, 'NOOP');
    await client.expect(150, 'STOR a');
    assert.equal(await client.readReply(), '226 Transfer OK');
    assert.equal((await server.read('/a'))?.toString(), 'early bird');
  });

  test('and may be gone by then: 425 or 426, and nothing under the final name', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.session({ protection: 'plain' });
    const line = await client.openPassive();
    await line.write('half a bird');
    line.reset();
    await client.expect(200, 'NOOP');
    const reply = await client.command('STOR a');
    assert.match(reply.startsWith('150') ? await client.readReply() : reply, /^42[56] /);
    assert.equal(await server.read('/a'), undefined);
  });
});

describe('what lies on disk', () => {
  test('during an upload is hidden from listings and readers, and 226 is the moment of the name', async () => {
    await using server = await startServer({ files: 'disk' });
    await using client = await server.session();
    const line = await client.openPassive({ tls: true });
    await client.expect(150, 'STOR a');
    await line.secured;
    await line.write('something');
    while (!/: 9 bytes/.test(await client.command('STAT'))) await new Promise(setImmediate);
    await using other = await server.session();
    assert.match(await other.command('SIZE a'), /^550 /);
    assert.doesNotMatch(await other.command('STAT /'), /\ba\b/);
    assert.equal((await readdir(server.root)).includes('a'), false);
    for (const name of await readdir(server.root)) {
      for (const command of [`RETR ${name}`, `DELE ${name}`, `SIZE ${name}`, `RNFR ${name}`, `MLST ${name}`]) {
        if (command.startsWith('RETR')) await other.expect(229, 'EPSV');
        assert.match(await other.command(command), /^55[03] /, command);
      }
    }
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
    assert.deepEqual(await readdir(server.root), ['a']);
  });

  test('two uploads of one name at once: the last complete one wins whole', async () => {
    await using server = await startServer({ files: 'disk' });
    const contents = ['A'.repeat(200_000), 'B'.repeat(200_000)];
    const sessions = await Promise.all(contents.map(() => server.session()));
    const lines = await Promise.all(sessions.map((client) => client.openPassive({ tls: true })));
    for (const [i, client] of sessions.entries()) {
      await client.expect(150, 'STOR a');
      await lines[i]?.secured;
    }
    for (const part of [0, 100_000]) {
      for (const [i, line] of lines.entries()) await line.write(contents[i]?.slice(part, part + 100_000) ?? '');
    }
    for (const i of [1, 0]) {
      lines[i]?.closeNotifyThenFin();
      assert.match((await sessions[i]?.readReply()) ?? '', /^226 /);
      assert.equal((await server.read('/a'))?.toString(), contents[i]);
    }
    for (const client of sessions) client.close();
  });
});

/** A memory storage whose uploads are stopped at their first write until `release` is called. */
function heldStorage(): { storage: StorageBackend; taken: () => number; release: () => void } {
  const storage = createMemoryStorage();
  const { promise, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  const openWrite = storage.openWrite.bind(storage);
  storage.openWrite = async (...args): Promise<WriteHandle> => {
    const handle = await openWrite(...args);
    const write = handle.write.bind(handle);
    handle.write = async (chunks): Promise<void> => {
      taken += chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      await promise;
      return write(chunks);
    };
    return handle;
  };
  return { storage, taken: () => taken, release: resolve };
}

describe('back-pressure', () => {
  for (const protection of protections) {
    test(`an upload is not read faster than the storage takes it (${protection})`, async () => {
      const held = heldStorage();
      await using server = await startServer({ tls: 'optional', files: held.storage });
      await using client = await server.session({ protection });
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'STOR a');
      await line.secured;
      const bytes = seededBytes(64 * 1024 * 1024, 8);
      const before = process.memoryUsage().arrayBuffers;
      let written = false;
      const writing = line.write(bytes).then(() => (written = true));
      for (let i = 0; i < 5; i += 1) await client.command('STAT');
      assert.equal(written, false);
      assert.ok(held.taken() < 2 * 1024 * 1024, `${held.taken()} bytes were given to the storage at once`);
      const grown = process.memoryUsage().arrayBuffers - before;
      assert.ok(grown < 100 * 1024 * 1024, `${grown} bytes more in buffers`);
      held.release();
      await writing;
      endOf(line, protection);
      assert.match(await client.readReply(), /^226 /);
      assert.equal(hashOf((await server.read('/a')) ?? ''), hashOf(bytes));
    });

    test(`a download is not read from the storage faster than the client takes it (${protection})`, async () => {
      const storage = createMemoryStorage();
      let read = 0;
      let inFlight = 0;
      let mostInFlight = 0;
      const openRead = storage.openRead.bind(storage);
      storage.openRead = async (path) => {
        const handle = await openRead(path);
        const readSome = handle.read.bind(handle);
        handle.read = async (buffer, position): Promise<number> => {
          inFlight += 1;
          mostInFlight = Math.max(mostInFlight, inFlight);
          const count = await readSome(buffer, position);
          inFlight -= 1;
          read += count;
          return count;
        };
        return handle;
      };
      await using server = await startServer({ tls: 'optional', files: storage });
      const size = 64 * 1024 * 1024;
      await server.write('/a', seededBytes(size, 9));
      await using client = await server.session({ protection });
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await line.secured;
      line.pause();
      await client.expect(150, 'RETR a');
      for (let i = 0; i < 5; i += 1) await client.command('STAT');
      assert.ok(read < size / 2, `${read} of ${size} bytes were read for a client that takes nothing`);
      line.discard();
      line.resume();
      await line.readToEnd();
      endOf(line, protection);
      assert.match(await client.readReply(), /^226 /);
      assert.equal(line.receivedBytes, size);
      assert.ok(mostInFlight >= 2, 'it reads ahead');
    });
  }
});
