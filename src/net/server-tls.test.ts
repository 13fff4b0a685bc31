import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { connectedPair } from '../../test/fixtures/held-tls-peer.ts';
import { certificateOf } from '../../test/fixtures/tls-duel.ts';
import { within } from '../testing/index.ts';
import { SessionTls, type WrapOptions } from './server-tls.ts';
import type { ServerTlsSettings } from './server-tls-settings.ts';
import { type TlsFacts, tlsFactsOf } from './tls-facts.ts';
import { defaultCiphers } from './tls-parameters.ts';

interface Met {
  /** As our server sees the line. */
  readonly facts: TlsFacts;
  readonly alpn: string | false | null;
  /** Tickets that have come, where TLS 1.3 is spoken. */
  readonly tickets: number;
  /** What a client can resume with. */
  readonly session: Buffer | undefined;
}

async function sessionTls(settings: Partial<ServerTlsSettings> = {}): Promise<SessionTls> {
  return new SessionTls({ ...(await certificateOf('ecdsa')), ...settings });
}

/** One handshake between `server` and a client of Node, and a byte to and fro. Rejects as the client's handshake does. */
async function meet(server: SessionTls, options: ConnectionOptions = {}, wrap: WrapOptions = {}): Promise<Met> {
  const { accepted, dialled } = await connectedPair();
  const ours = server.wrap(accepted, wrap);
  ours.on('error', () => undefined).on('data', () => ours.write('x'));
  const theirs: TLSSocket = connectTls({ socket: dialled, rejectUnauthorized: false, ...options });
  let session: Buffer | undefined;
  let tickets = 0;
  theirs.on('session', (ticket: Buffer) => {
    session = ticket;
    tickets += 1;
  });
  try {
    await within(once(theirs, 'secureConnect'), 'the handshake');
    theirs.write('x');
    await within(once(theirs, 'data'), 'the answer');
    return { facts: tlsFactsOf(ours), alpn: ours.alpnProtocol, tickets, session: session ?? theirs.getSession() };
  } finally {
    theirs.destroy();
    ours.destroy();
    dialled.destroy();
    accepted.destroy();
  }
}

/** The three ways in which a client comes back: a ticket of TLS 1.3, one of TLS 1.2, and the id of a TLS 1.2 session. */
const ways: readonly [string, ConnectionOptions][] = [
  ['by a ticket on TLS 1.3', {}],
  ['by a ticket on TLS 1.2', { maxVersion: 'TLSv1.2' }],
  ['by its id on TLS 1.2', { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET }],
];

describe('SessionTls', () => {
  for (const [way, options] of ways) {
    test(`resumes a session of its own ${way}, again and again`, async () => {
      const server = await sessionTls();
      const first = await meet(server, options);
      assert.equal(first.facts.resumed, false);
      for (let i = 0; i < 3; i += 1) {
        const again = await meet(server, { ...options, session: first.session });
        assert.equal(again.facts.resumed, true);
        assert.match(again.facts.cipher, /^(TLS|ECDHE)/, 'a resumed line knows its cipher');
      }
    });

    test(`resumes no session of another one ${way}`, async () => {
      const { session } = await meet(await sessionTls(), options);
      assert.equal((await meet(await sessionTls(), { ...options, session })).facts.resumed, false);
    });
  }

  for (const [way, options] of ways) {
    test(`keeps sessions of the same settings apart whose handshakes run at once and take turns with contexts, ${way}`, async () => {
      const settings: ServerTlsSettings = await certificateOf('ecdsa');
      const servers = Array.from({ length: 6 }, () => new SessionTls(settings));
      const sessions = (await Promise.all(servers.map((server) => meet(server, options)))).map(
        ({ session }) => session,
      );
      const resumed = (by: (index: number) => number): Promise<boolean[]> =>
        Promise.all(
          servers.map(async (server, index) => {
            const { facts } = await meet(server, { ...options, session: sessions[by(index) % servers.length] });
            return facts.resumed;
          }),
        );
      assert.deepEqual(new Set(await resumed((index) => index + 1)), new Set([false]));
      assert.deepEqual(new Set(await resumed((index) => index)), new Set([true]));
    });
  }

  for (const [way, options] of ways) {
    test(`lets a line that may only resume do so ${way}, and nothing else`, async () => {
      const server = await sessionTls();
      const first = await meet(server, options);
      const only = { line: 'data', handshake: 'resume-only' } as const;
      for (let i = 0; i < 3; i += 1) {
        assert.equal((await meet(server, { ...options, session: first.session }, only)).facts.resumed, true);
      }
      const refused = { code: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE' };
      await assert.rejects(meet(server, options, only), refused);
      const stranger = await meet(await sessionTls(), options);
      await assert.rejects(meet(server, { ...options, session: stranger.session }, only), refused);
    });

    test(`resumes nothing where that is off ${way}`, async () => {
      const server = await sessionTls();
      const { session } = await meet(server, options);
      const never = { line: 'data', handshake: 'full-only' } as const;
      const again = await meet(server, { ...options, session }, never);
      assert.equal(again.facts.resumed, false);
      assert.equal((await meet(server, { ...options, session: again.session }, never)).facts.resumed, false);
      const only = { line: 'data', handshake: 'resume-only' } as const;
      await assert.rejects(meet(server, { ...options, session: again.session }, only));
    });
  }

  test('gives a new ticket with each resumption to a client that uses each once, and none to one that does not', async () => {
    const server = await sessionTls();
    const only = { line: 'data', handshake: 'resume-only' } as const;
    let { session } = await meet(server);
    for (let i = 0; i < 50; i += 1) {
      const next = await meet(server, { session }, only);
      assert.equal(next.facts.resumed, true);
      assert.notDeepEqual(next.session, session);
      session = next.session;
    }
    await meet(server, { session }, only);
    const { tickets } = await meet(server, { session }, only);
    assert.equal(tickets, 0);
    assert.equal((await meet(server, { session }, only)).tickets, 0);
  });

  test('keeps few sessions by id, and forgets the oldest', async () => {
    const server = await sessionTls();
    const options = ways[2]?.[1] ?? {};
    const sessions: (Buffer | undefined)[] = [];
    for (let i = 0; i < 18; i += 1) sessions.push((await meet(server, options)).session);
    assert.equal((await meet(server, { ...options, session: sessions[0] })).facts.resumed, false);
    assert.equal((await meet(server, { ...options, session: sessions.at(-1) })).facts.resumed, true);
  });

  test('speaks the newest version that both know, and TLS 1.2 where it is told to stop there', async () => {
    const server = await sessionTls();
    assert.equal((await meet(server)).facts.protocol, 'TLSv1.3');
    assert.equal((await meet(server, { maxVersion: 'TLSv1.2' })).facts.protocol, 'TLSv1.2');
    assert.equal((await meet(server, {}, { cap12: true })).facts.protocol, 'TLSv1.2');
    assert.equal((await meet(await sessionTls({ maxVersion: 'TLSv1.2' }))).facts.protocol, 'TLSv1.2');
  });

  test('resumes on a line that stops at TLS 1.2 what began on TLS 1.2 elsewhere', async () => {
    const server = await sessionTls();
    const options: ConnectionOptions = { maxVersion: 'TLSv1.2' };
    const { session } = await meet(server, options);
    assert.equal((await meet(server, { ...options, session }, { cap12: true })).facts.resumed, true);
  });

  test('refuses versions below the lowest, which is TLS 1.2 unless told', async () => {
    const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await assert.rejects(meet(await sessionTls(), old));
    const server = await sessionTls({ minVersion: 'TLSv1.3' });
    assert.equal(server.allowsTls12, false);
    await assert.rejects(meet(server, { maxVersion: 'TLSv1.2' }));
    assert.equal((await sessionTls()).allowsTls12, true);
  });

  test('prefers its own order of ciphers, and takes another list as a setting', async () => {
    const theirs = defaultCiphers.split(':').toReversed().join(':');
    for (const [maxVersion, suite] of [
      ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
      ['TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
    ] as const) {
      assert.equal((await meet(await sessionTls(), { ciphers: theirs, maxVersion })).facts.cipher, suite);
    }
    const chosen = await sessionTls({ ciphers: ['TLS_CHACHA20_POLY1305_SHA256'] });
    assert.equal((await meet(chosen)).facts.cipher, 'TLS_CHACHA20_POLY1305_SHA256');
  });

  test('selects FTP by ALPN, asks nothing of a client without it, and refuses every other protocol with an alert', async () => {
    const server = await sessionTls();
    assert.equal((await meet(server, { ALPNProtocols: ['http/1.1', 'ftp'] })).alpn, 'ftp');
    const data = { line: 'data' } as const;
    assert.equal((await meet(server, { ALPNProtocols: ['ftp', 'ftp-data'] }, data)).alpn, 'ftp-data');
    assert.equal((await meet(server, { ALPNProtocols: ['http/1.1', 'ftp'] }, data)).alpn, 'ftp');
    assert.equal((await meet(server, {}, data)).alpn, false);
    assert.equal((await meet(server)).alpn, false);
    const refused = { code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' };
    await assert.rejects(meet(server, { ALPNProtocols: ['h2', 'http/1.1'] }), refused);
    await assert.rejects(meet(server, { ALPNProtocols: ['ftp-data'] }), refused);
    await assert.rejects(meet(server, { ALPNProtocols: ['http/1.1'] }, data), refused);
  });

  test('refuses to renegotiate', async () => {
    const { accepted, dialled } = await connectedPair();
    const ours = (await sessionTls()).wrap(accepted);
    const failed = once(ours, 'error').catch((error: unknown) => [error]);
    const theirs = connectTls({ socket: dialled, rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
    theirs.on('error', () => undefined);
    await once(theirs, 'secureConnect');
    theirs.renegotiate({}, () => undefined);
    const closed = Promise.race([once(theirs, 'close'), failed]);
    await within(closed, 'the end of the line');
    theirs.destroy();
    ours.destroy();
  });
});
