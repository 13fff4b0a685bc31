import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { within } from '../testing/index.ts';
import { certificateOf } from '../../test/fixtures/tls-duel.ts';
import { connectedPair } from '../../test/fixtures/held-tls-peer.ts';
import { ControlChannel } from './control-channel.ts';
import { Scope } from './scope.ts';
import { SessionTls } from './server-tls.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;

/** A channel whose TLS stands on a leg, and a client, which hears for itself when it has a session. */
async function begin(version: (typeof versions)[number]) {
  const { accepted, dialled } = await connectedPair();
  const scope = new Scope();
  const channel = new ControlChannel(accepted, scope, { bytes() {}, ended() {} }, { clearable: true });
  const identity = new SessionTls(await certificateOf('ecdsa'));
  const client = connectTls({ socket: dialled, rejectUnauthorized: false, minVersion: version, maxVersion: version });
  client.on('error', () => undefined);
  const session = once(client, 'session');
  const secured = once(client, 'secureConnect');
  await Promise.all([channel.startTls((raw) => identity.wrap(raw), 5000, 'secure'), secured]);
  const close = (): void => {
    scope.close();
    client.destroy();
    dialled.destroy();
  };
  return { channel, client, dialled, session, scope, close };
}

describe('a leg below the TLS of a control line', () => {
  for (const version of versions) {
    test(`sends session tickets also where no reply follows them (${version})`, async () => {
      const line = await begin(version);
      const [ticket] = (await within(line.session, 'the ticket')) as [Buffer];
      assert.ok(ticket.length > 0);
      line.close();
    });

    test(`sends tickets, replies, the last reply, close_notify and FIN in their order (${version})`, async () => {
      const line = await begin(version);
      let text = '';
      line.client.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
      line.channel.write(Buffer.from('230 in\r\n'));
      line.channel.beforeLastWrite();
      line.channel.write(Buffer.from('221 bye\r\n'));
      line.channel.end();
      await within(Promise.all([line.session, once(line.client, 'end')]), 'the end');
      assert.equal(text, '230 in\r\n221 bye\r\n');
      line.client.end();
      line.close();
    });

    test(`sends what waits for the end where the line is given up before (${version})`, async () => {
      const line = await begin(version);
      await within(line.session, 'the ticket');
      line.channel.beforeLastWrite();
      line.channel.write(Buffer.from('421 away\r\n'));
      const data = once(line.client, 'data');
      line.scope.close();
      const [bytes] = (await within(data, 'the reply')) as [Buffer];
      assert.equal(bytes.toString('latin1'), '421 away\r\n');
      line.close();
    });
  }
});
