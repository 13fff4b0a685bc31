/** MODE Z: transfers compressed by zlib, whole or known not to be. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { deflateSync, inflateSync } from 'node:zlib';
import { type DataLine, type ScriptedClient, seededBytes } from '../../src/testing/index.ts';
import { protections, type Protection, startServer, type TestServer } from '../fixtures/start-server.ts';

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
  endOf(line, protection);
  assert.equal(await client.readReply(), '226 Transfer OK');
  return bytes;
}

/** Sends `bytes` as they are, ends the line in order, and gives the reply. */
async function storeWith({ client, protection }: Way, command: string, bytes: Uint8Array): Promise<string> {
  const line = await client.openPassive({ tls: protection !== 'plain' });
  await client.expect(150, command);
  await line.secured;
  // A server that gives up in the middle resets the line.
  await line.write(bytes).catch(() => undefined);
  endOf(line, protection);
  return client.readReply();
}

const content = Buffer.concat([Buffer.alloc(700_000, 'words and words\n'), seededBytes(90_000, 8)]);

const bomb = deflateSync(Buffer.alloc(96 * 1024 * 1024));

for (const protection of protections) {
  describe(`MODE Z over ${protection}`, () => {
    const start = async (): Promise<{ server: TestServer; way: Way; [Symbol.asyncDispose]: () => Promise<void> }> => {
      const server = await startServer({ tls: 'optional', files: 'disk' });
      const client = await server.session({ protection });
      await client.expect(200, 'MODE Z');
      const dispose = async (): Promise<void> => {
        client.close();
        await server[Symbol.asyncDispose]();
      };
      return { server, way: { client, protection }, [Symbol.asyncDispose]: dispose };
    };

    test('FEAT, OPTS and STAT tell of it, MODE S leaves it', async () => {
      await using opened = await start();
      const { client } = opened.way;
      const dialogue: [string, RegExp][] = [
        ['FEAT', /^ MODE Z$/m],
        ['STAT', /MODE: Z$/m],
        ['OPTS MODE Z', /^200 MODE Z LEVEL 6$/],
        ['OPTS MODE Z LEVEL 9', /^200 MODE Z LEVEL set to 9$/],
        ['opts mode z level 1', /^200 /],
        ['OPTS MODE Z ENGINE ZLIB LEVEL 3', /^200 /],
        ['OPTS MODE Z LEVEL 10', /^501 /],
        ['OPTS MODE Z LEVEL 0', /^501 /],
        ['OPTS MODE S', /^501 /],
        ['MODE B', /^504 /],
        ['MODE s', /^200 Mode set to S$/],
        ['STAT', /MODE: S$/m],
        ['OPTS MODE Z', /^200 MODE Z LEVEL 3$/],
        ['MODE z', /^200 Mode set to Z$/],
      ];
      for (const [command, reply] of dialogue) assert.match(await client.command(command), reply, command);
    });

    test('files go down and up compressed, listings too, and SIZE is that of the file', async () => {
      await using opened = await start();
      const { server, way } = opened;
      await server.write('/a', content);
      for (const level of [1, 9]) {
        await way.client.expect(200, `OPTS MODE Z LEVEL ${level}`);
        const taken = await fetchWith(way, 'RETR a');
        assert.ok(taken.length < content.length / 4, `${taken.length} bytes`);
        assert.deepEqual(inflateSync(taken), content);
      }
      assert.equal(await storeWith(way, 'STOR b', deflateSync(content)), '226 Transfer OK');
      assert.deepEqual(await server.read('/b'), content);
      assert.equal(await storeWith(way, 'APPE b', deflateSync(Buffer.from('tail'))), '226 Transfer OK');
      assert.deepEqual(await server.read('/b'), Buffer.concat([content, Buffer.from('tail')]));
      assert.equal(await way.client.command('SIZE b'), `213 ${content.length + 4}`);
      assert.match(inflateSync(await fetchWith(way, 'LIST')).toString(), /^(?:-[^\r\n]* [ab]\r\n){2}$/);
      assert.match(inflateSync(await fetchWith(way, 'MLSD')).toString(), /size=790000;.* a\r\n/);
      assert.equal(
        inflateSync(await fetchWith(way, 'NLST'))
          .toString()
          .split('\r\n')
          .sort()
          .join(),
        ',a,b',
      );
      assert.equal(await storeWith(way, 'STOR empty', deflateSync(Buffer.alloc(0))), '226 Transfer OK');
      assert.deepEqual(await server.read('/empty'), Buffer.alloc(0));
      assert.deepEqual(inflateSync(await fetchWith(way, 'RETR empty')), Buffer.alloc(0));
    });

    test('REST counts bytes of the file, both ways, and the ASCII type converts before compression', async () => {
      await using opened = await start();
      const { server, way } = opened;
      await server.write('/a', content);
      await way.client.expect(350, 'REST 699990');
      assert.deepEqual(inflateSync(await fetchWith(way, 'RETR a')), content.subarray(699_990));
      await way.client.expect(350, 'REST 10');
      assert.equal(await storeWith(way, 'STOR a', deflateSync(Buffer.from('the rest'))), '226 Transfer OK');
      assert.equal((await server.read('/a'))?.toString(), 'words and the rest');
      await server.write('/t', Buffer.from('one\ntwo\n'));
      await way.client.expect(200, 'TYPE A');
      assert.equal(inflateSync(await fetchWith(way, 'RETR t')).toString(), 'one\r\ntwo\r\n');
      await way.client.expect(350, 'REST 4');
      assert.equal(inflateSync(await fetchWith(way, 'RETR t')).toString(), '\ntwo\r\n');
      assert.equal(await storeWith(way, 'STOR u', deflateSync(Buffer.from('one\r\ntwo\r\n'))), '226 Transfer OK');
      assert.equal((await server.read('/u'))?.toString(), 'one\ntwo\n');
    });

    test('ALLO announces the size of the file', async () => {
      await using opened = await start();
      const { server, way } = opened;
      await way.client.expect(200, `ALLO ${content.length}`);
      assert.equal(await storeWith(way, 'STOR a', deflateSync(content)), '226 Transfer OK');
      await way.client.expect(200, `ALLO ${content.length + 1}`);
      assert.match(await storeWith(way, 'STOR b', deflateSync(content)), /^426 .*ALLO/);
      assert.equal(await server.read('/b'), undefined);
    });

    test('a stream that ends early is never 226, and what came can be resumed', async () => {
      await using opened = await start();
      const { server, way } = opened;
      await server.write('/a', Buffer.from('old'));
      const sent = deflateSync(content);
      for (const length of [0, 1, 2_000, sent.length - 1]) {
        assert.match(
          await storeWith(way, 'STOR a', sent.subarray(0, length)),
          /^426 .*ended in the middle/,
          `${length}`,
        );
        assert.equal((await server.read('/a'))?.toString(), 'old');
        assert.equal(server.eventsOf('transfer').at(-1)?.transfer.cause, 'data-truncated');
      }
      const [, told = ''] = (await way.client.expect(213, 'SIZE a')).split(' ');
      assert.ok(Number(told) > 0 && Number(told) <= content.length, told);
      await way.client.expect(350, `REST ${told}`);
      const rest = deflateSync(content.subarray(Number(told)));
      assert.equal(await storeWith(way, 'STOR a', rest), '226 Transfer OK');
      assert.deepEqual(await server.read('/a'), content);
    });

    test('what is damaged, no zlib, or has more behind it is 426, and nothing of it is kept', async () => {
      await using opened = await start();
      const { server, way } = opened;
      const sent = deflateSync(content);
      const damaged = Buffer.from(sent);
      damaged[20_000] = (damaged[20_000] ?? 0) ^ 0xff;
      const more = Buffer.concat([sent, Buffer.from('more')]);
      for (const bytes of [damaged, Buffer.from('GIF89a is no zlib'), more]) {
        assert.match(await storeWith(way, 'STOR a', bytes), /^426 .*zlib/);
        assert.equal(server.eventsOf('transfer').at(-1)?.transfer.cause, 'data-error');
      }
      assert.match(await way.client.command('SIZE a'), /^550 /);
      assert.deepEqual(readdirSync(server.root), [], 'nothing hidden is left');
    });

    test('a bomb is stopped, and nothing of it is kept', async () => {
      await using opened = await start();
      const { server, way } = opened;
      assert.match(await storeWith(way, 'STOR a', bomb), /^426 .*use MODE S/);
      assert.deepEqual(readdirSync(server.root), []);
    });

    test('ABOR ends a compressed transfer both ways', async () => {
      await using opened = await start();
      const { server, way } = opened;
      await server.write('/big', seededBytes(24 * 1024 * 1024, 3));
      const { client } = way;
      const down = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'RETR big');
      await down.secured;
      down.pause();
      assert.match(await client.command('ABOR'), /^426 /);
      assert.match(await client.readReply(), /^226 /);
      const up = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'STOR up');
      await up.secured;
      await up.write(deflateSync(content).subarray(0, 50_000));
      assert.match(await client.command('ABOR'), /^426 /);
      assert.match(await client.readReply(), /^226 /);
      assert.equal(await server.read('/up'), undefined);
    });

    if (protection !== 'plain') {
      test('the end of the stream proves an upload whole where close_notify is missing', async () => {
        await using opened = await start();
        const { server, way } = opened;
        const line = await way.client.openPassive({ tls: true });
        await way.client.expect(150, 'STOR a');
        await line.secured;
        await line.write(deflateSync(content));
        line.finWithoutCloseNotify();
        assert.match(await way.client.readReply(), /^226 /);
        assert.deepEqual(await server.read('/a'), content);
        assert.equal(server.eventsOf('transfer').at(-1)?.transfer.verdict, 'complete');
      });
    }
  });
}
