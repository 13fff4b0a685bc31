import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { onBench, turn } from '../../test/fixtures/control-bench.ts';
import type { TlsVersion } from '../../test/fixtures/tls-duel.ts';
import { within } from '../testing/index.ts';

const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

describe('a control channel in clear', () => {
  test('passes bytes both ways and knows both addresses', () =>
    onBench(async (bench) => {
      bench.peer.write('USER a\r\n');
      await bench.until('USER a\r\n');
      bench.channel.write(Buffer.from('331 Yes\r\n'));
      const [reply] = (await once(bench.peer.resume(), 'data')) as [Buffer];
      assert.equal(reply.toString(), '331 Yes\r\n');
      assert.deepEqual(bench.channel.local, { host: '127.0.0.1', port: bench.peer.remotePort });
      assert.deepEqual(bench.channel.remote, { host: '127.0.0.1', port: bench.peer.localPort });
      assert.equal(bench.channel.tls, undefined);
      assert.equal(bench.channel.tlsSocket, undefined);
      assert.equal(bench.scope.counts.get('socket'), 1);
    }));

  test('hears a FIN behind the bytes before it, and can still answer', () =>
    onBench(async (bench) => {
      bench.peer.end('QUIT\r\n');
      assert.equal(await bench.ending, 'fin');
      assert.equal(bench.text, 'QUIT\r\n<fin>');
      assert.equal(bench.channel.ended, true);
      bench.channel.write(Buffer.from('221 Bye\r\n'));
      bench.channel.end();
      assert.deepEqual(await bench.peerReads(), { text: '221 Bye\r\n', end: 'fin' });
      await bench.assertGone();
      assert.equal(bench.text, 'QUIT\r\n<fin>', 'nothing is called behind the end');
    }));

  test('hears a reset once', () =>
    onBench(async (bench) => {
      bench.peer.resetAndDestroy();
      assert.equal(await bench.ending, 'reset');
      assert.equal((bench.error as NodeJS.ErrnoException).code, 'ECONNRESET');
      await bench.assertGone();
      assert.equal(bench.text, '<reset>');
    }));

  test('stops reading when paused and goes on when resumed', () =>
    onBench(async (bench) => {
      bench.channel.pause();
      bench.peer.write('late');
      while (bench.ourRaw.readableLength === 0) await turn();
      assert.equal(bench.text, '');
      bench.channel.resume();
      await bench.until('late');
      bench.channel.resume();
    }));

  test('counts the bytes that a peer which does not read leaves unsent', () =>
    onBench(async (bench) => {
      assert.equal(bench.channel.unsentBytes, 0);
      bench.channel.write(Buffer.alloc(32 * 1024 * 1024));
      await turn();
      assert.ok(bench.channel.unsentBytes > 1024 * 1024);
    }));

  test('ends with its scope, as ended by ourselves', () =>
    onBench(async (bench) => {
      bench.channel.scope.close();
      assert.equal(await bench.ending, 'local');
      await bench.assertGone();
    }));

  test('resets the line when told to', () =>
    onBench(async (bench) => {
      bench.channel.reset();
      bench.channel.reset();
      assert.equal((await bench.peerReads()).end, 'ECONNRESET');
      await bench.assertGone();
      assert.equal(bench.text, '<local>');
    }));
});

describe('the orderly end of a control channel', () => {
  const large = Buffer.alloc(8 * 1024 * 1024, 'x');

  test('sends the last reply first, though the peer has not read anything yet', () =>
    onBench(async (bench) => {
      bench.channel.write(large);
      bench.channel.write(Buffer.from('221 Bye\r\n'));
      bench.channel.end();
      bench.channel.end();
      bench.channel.write(Buffer.from('behind the end'));
      const { text, end } = await bench.peerReads();
      assert.equal(text.length, large.length + 9);
      assert.ok(text.endsWith('221 Bye\r\n'));
      assert.equal(end, 'fin');
      bench.peer.end();
      await bench.assertGone();
      assert.equal(bench.text, '<local>');
    }));

  test('sends all of the last reply to a peer that has ended its own half meanwhile', () =>
    onBench(async (bench) => {
      bench.channel.write(large);
      bench.channel.end();
      await turn();
      bench.peer.end();
      while (!bench.ourRaw.readableEnded && !bench.ourRaw.destroyed) await turn();
      const { text, end } = await bench.peerReads();
      assert.equal(text.length, large.length);
      assert.equal(end, 'fin');
      await bench.assertGone();
    }));

  test('is no reset although the peer has sent what nobody reads', () =>
    onBench(
      async (bench) => {
        bench.channel.pause();
        bench.peer.write(Buffer.alloc(100_000));
        while (bench.ourRaw.readableLength === 0) await turn();
        bench.channel.write(Buffer.from('421 Too much\r\n'));
        bench.channel.end();
        assert.deepEqual(await bench.peerReads(), { text: '421 Too much\r\n', end: 'fin' });
        bench.peer.end();
        await bench.assertGone();
      },
      { lingerMs: 60_000 },
    ));

  test('does not wait longer than it was told for a peer that stays', () =>
    onBench(
      async (bench) => {
        bench.channel.end();
        assert.equal((await bench.peerReads()).end, 'fin');
        assert.equal(await bench.ending, 'local');
        await bench.assertGone();
      },
      { lingerMs: 20 },
    ));

  test('is over at once when the peer resets', () =>
    onBench(
      async (bench) => {
        bench.channel.end();
        await turn();
        bench.peer.resetAndDestroy();
        assert.equal(await bench.ending, 'local');
        await bench.assertGone();
      },
      { lingerMs: 60_000 },
    ));

  test('in a closed scope does nothing', () =>
    onBench(async (bench) => {
      bench.channel.scope.close();
      bench.channel.end();
      bench.channel.write(Buffer.from('too late'));
      await bench.assertGone();
      assert.equal(bench.text, '<local>');
    }));

  for (const version of versions) {
    test(`sends the last reply, close_notify and FIN on ${version}`, () =>
      onBench(async (bench) => {
        const peer = await bench.secure(version);
        const chunks: Buffer[] = [];
        peer.tls.on('data', (chunk: Buffer) => chunks.push(chunk));
        bench.channel.write(large);
        bench.channel.write(Buffer.from('221 Bye\r\n'));
        bench.channel.end();
        await within(once(peer.tls, 'end'), 'the end under TLS');
        assert.equal(Buffer.concat(chunks).length, large.length + 9);
        peer.raw.end(await peer.closeNotify());
        await bench.assertGone();
        assert.equal(bench.text, '<local>');
      }));
  }
});
