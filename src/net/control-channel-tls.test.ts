import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { HeldTlsPeer } from '../../test/fixtures/held-tls-peer.ts';
import { type Bench, onBench, turn } from '../../test/fixtures/control-bench.ts';
import type { TlsVersion } from '../../test/fixtures/tls-duel.ts';
import { within } from '../testing/index.ts';
import type { LineEnding } from './line-ending.ts';

const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

describe('a control channel that goes over to TLS', () => {
  for (const version of versions) {
    test(`passes bytes on ${version} and hears each end of the line`, async () => {
      for (const end of ['close-notify', 'fin', 'reset', 'error'] as const) {
        await onBench(async (bench) => {
          const peer = await bench.secure(version);
          assert.equal(bench.channel.tls?.protocol, version);
          assert.equal(bench.channel.tlsSocket?.encrypted, true);
          peer.raw.write(await peer.recordsOf(Buffer.from('NOOP\r\n')));
          await bench.until('NOOP\r\n');
          bench.channel.write(Buffer.from('200 Yes\r\n'));
          const [reply] = (await once(peer.tls, 'data')) as [Buffer];
          assert.equal(reply.toString(), '200 Yes\r\n');
          if (end === 'close-notify') peer.raw.write(await peer.closeNotify());
          if (end === 'fin') peer.raw.end();
          if (end === 'reset') peer.raw.resetAndDestroy();
          if (end === 'error') peer.raw.write('in clear again\r\n');
          assert.equal(await bench.ending, end);
          assert.equal(bench.text, `NOOP\r\n<${end}>`);
        });
      }
    });

    test(`takes bytes that came before TLS was taken up as its beginning, on ${version}`, () =>
      onBench(async (bench) => {
        bench.peer.write('AUTH TLS\r\n');
        await bench.until('AUTH TLS\r\n');
        bench.channel.pause();
        const peer = new HeldTlsPeer(bench.peer, { version });
        while (bench.ourRaw.readableLength === 0) await turn();
        await Promise.all([bench.startTls(), peer.secured]);
        assert.equal(bench.text, 'AUTH TLS\r\n');
        peer.raw.write(await peer.recordsOf(Buffer.from('PBSZ 0\r\n')));
        await bench.until('PBSZ 0\r\n');
      }));

    test(`hands over nothing before its owner knows of TLS on ${version}, data in one with the handshake included`, () =>
      onBench(async (bench) => {
        bench.channel.pause();
        const peer = new HeldTlsPeer(bench.peer, { version, holdsFinished: version === 'TLSv1.3' });
        const secured = bench.startTls().then(async () => {
          await Promise.resolve();
          bench.heard.push('<secured>');
        });
        await peer.secured;
        peer.raw.write(await peer.recordsOf(Buffer.from('USER a\r\n')));
        await secured;
        await bench.until('USER a\r\n');
        assert.equal(bench.text, '<secured>USER a\r\n');
      }));

    test(`hears a close_notify that comes in one with the end of the handshake on ${version}`, () =>
      onBench(async (bench) => {
        bench.channel.pause();
        const peer = new HeldTlsPeer(bench.peer, { version, holdsFinished: version === 'TLSv1.3' });
        const secured = bench.startTls().then(() => bench.heard.push('<secured>'));
        await peer.secured;
        peer.raw.end(await peer.closeNotify());
        await secured;
        assert.equal(await bench.ending, 'close-notify');
        assert.equal(bench.text, '<secured><close-notify>');
      }));

    test(`resets the line without close_notify on ${version}`, () =>
      onBench(async (bench) => {
        const peer = await bench.secure(version);
        let ended = false;
        peer.tls.on('end', () => (ended = true)).resume();
        const code = new Promise((resolve) =>
          peer.raw.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
        );
        bench.channel.reset();
        assert.equal(await within(code, 'the end at the peer'), 'ECONNRESET');
        assert.equal(ended, false);
        await bench.assertGone();
      }));
  }

  const refusals: readonly [string, RegExp, LineEnding, (bench: Bench) => void][] = [
    ['the peer sends something else', /./, 'error', (bench) => void bench.peer.write('USER a\r\nPASS b\r\n')],
    ['the peer ends the line', /ended during/, 'fin', (bench) => void bench.peer.end()],
    ['the peer resets the line', /./, 'reset', (bench) => void bench.peer.resetAndDestroy()],
    ['the owner ends the session', /ended during/, 'local', (bench) => bench.scope.close()],
  ];
  for (const [when, message, ending, act] of refusals) {
    test(`rejects when ${when}, and the line is dead`, () =>
      onBench(async (bench) => {
        bench.channel.pause();
        const starting = bench.startTls();
        starting.catch(() => undefined);
        await turn();
        act(bench);
        await assert.rejects(within(starting, 'the rejection'), { message });
        assert.equal(await bench.ending, ending);
        await bench.assertGone();
        assert.equal(bench.text, `<${ending}>`);
      }));
  }

  test('rejects at once when the peer had ended the line before, behind nothing or behind its ClientHello', async () => {
    for (const saysHello of [false, true]) {
      await onBench(async (bench) => {
        bench.channel.pause();
        const hello = saysHello ? new HeldTlsPeer(bench.peer, { version: 'TLSv1.3' }) : undefined;
        while (saysHello && bench.ourRaw.readableLength === 0) await turn();
        bench.peer.end();
        for (let turns = 0; turns < 5; turns += 1) await turn();
        await assert.rejects(within(bench.startTls(), 'the rejection'), /ended during/);
        assert.equal(await bench.ending, 'fin');
        await bench.assertGone();
        assert.equal(bench.text, '<fin>');
        hello?.destroy();
      });
    }
  });

  test('rejects when the handshake takes too long, and the line is dead', () =>
    onBench(async (bench) => {
      bench.channel.pause();
      await assert.rejects(bench.startTls(20), /not done within 0.02 s/);
      assert.equal(await bench.ending, 'timeout');
      await bench.assertGone();
    }));

  test('rejects when TLS cannot even begin, and the line is dead', () =>
    onBench(async (bench) => {
      const starting = bench.channel.startTls(
        () => {
          throw new Error('no such cipher');
        },
        10_000,
        'secure',
      );
      await assert.rejects(starting, /no such cipher/);
      assert.equal(await bench.ending, 'error');
      await bench.assertGone();
    }));
});
