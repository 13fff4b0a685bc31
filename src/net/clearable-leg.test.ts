import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { within } from '../testing/index.ts';
import { certificateOf } from '../../test/fixtures/tls-duel.ts';
import { connectedPair, HeldTlsPeer } from '../../test/fixtures/held-tls-peer.ts';
import { ControlChannel } from './control-channel.ts';
import type { LineEnding } from './line-ending.ts';
import { Scope } from './scope.ts';
import { SessionTls } from './server-tls.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;
type Version = (typeof versions)[number];

/** A channel of ours under TLS that can be taken off, and the peer whose records the test holds. */
async function begin(version: Version) {
  const { accepted, dialled } = await connectedPair();
  const scope = new Scope();
  const heard: Buffer[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<LineEnding>();
  const handlers = { bytes: (chunk: Buffer) => void heard.push(chunk), ended: end };
  const channel = new ControlChannel(accepted, scope, handlers, { clearable: true });
  const identity = new SessionTls(await certificateOf('ecdsa'));
  const peer = new HeldTlsPeer(dialled, { version });
  await Promise.all([channel.startTls((raw) => identity.wrap(raw), 5000, 'secure'), peer.secured]);
  const fromServer: Buffer[] = [];
  dialled.on('data', (chunk: Buffer) => fromServer.push(chunk));
  /** Resolves when the channel has heard `text`. */
  const until = async (text: string): Promise<void> => {
    const until = performance.now() + 5000;
    while (Buffer.concat(heard).toString() !== text && performance.now() < until) await new Promise(setImmediate);
    assert.equal(Buffer.concat(heard).toString(), text);
  };
  return { channel, peer, ended, until, fromServer, close: () => (scope.close(), peer.destroy()) };
}

describe('TLS that is taken off a control line', () => {
  for (const version of versions) {
    test(`is found to end at every cut of close_notify and the clear text behind it (${version})`, async () => {
      const sample = await begin(version);
      const length = (await sample.peer.closeNotify()).length;
      sample.close();
      for (let cut = 0; cut <= length + 3; cut += 1) {
        const line = await begin(version);
        line.peer.raw.write(await line.peer.recordsOf(Buffer.from('CCC\r\n')));
        await line.until('CCC\r\n');
        const cleared = line.channel.clearTls();
        const bytes = Buffer.concat([await line.peer.closeNotify(), Buffer.from('PWD\r\n')]);
        line.peer.raw.write(bytes.subarray(0, cut));
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        line.peer.raw.write(bytes.subarray(cut));
        await within(cleared, 'our close_notify');
        await line.until('CCC\r\nPWD\r\n');
        assert.equal(line.channel.tls, undefined);
        line.close();
      }
    });

    test(`gives our close_notify, and then what is written in clear (${version})`, async () => {
      const line = await begin(version);
      line.channel.write(Buffer.from('200 under TLS\r\n'));
      await within(line.channel.clearTls(), 'our close_notify');
      line.channel.write(Buffer.from('200 in clear\r\n'));
      const tlsEnded = once(line.peer.tls, 'end');
      line.peer.tls.resume();
      await within(tlsEnded, 'the close_notify of the server');
      const until = performance.now() + 5000;
      const seen = (): string => Buffer.concat(line.fromServer).toString('latin1');
      while (!seen().endsWith('200 in clear\r\n') && performance.now() < until) await new Promise(setImmediate);
      assert.ok(seen().endsWith('200 in clear\r\n'));
      assert.ok(!seen().includes('under TLS'));
      line.close();
    });

    test(`ends the line by payload under TLS that comes late (${version})`, async () => {
      const line = await begin(version);
      const late = await line.peer.recordsOf(Buffer.from('MKD evil\r\n'));
      await within(line.channel.clearTls(), 'our close_notify');
      line.peer.raw.write(late);
      assert.equal(await within(line.ended, 'the end'), 'error');
      await line.until('');
      line.close();
    });

    test(`is told from the end of the line, in order and not (${version})`, async () => {
      for (const [sendsCloseNotify, expected] of [
        [true, 'close-notify'],
        [false, 'fin'],
      ] as const) {
        const line = await begin(version);
        if (sendsCloseNotify) line.peer.raw.write(await line.peer.closeNotify());
        line.peer.raw.end();
        assert.equal(await within(line.ended, 'the end'), expected);
        line.close();
      }
      const line = await begin(version);
      await within(line.channel.clearTls(), 'our close_notify');
      line.peer.raw.end();
      assert.equal(await within(line.ended, 'the end'), 'fin');
      line.close();
    });
  }
});

test('a channel that was not made for it keeps its TLS', async () => {
  const { accepted, dialled } = await connectedPair();
  const scope = new Scope();
  const channel = new ControlChannel(accepted, scope, { bytes: () => undefined, ended: () => undefined });
  assert.equal(channel.canClearTls, false);
  await assert.rejects(channel.clearTls(), /cannot be taken off/);
  scope.close();
  dialled.destroy();
});
