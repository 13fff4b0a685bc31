/** The cases about TLS on data connections, each with a peer that keeps the rule and one that breaks it. */

import { createTestCertificate, type Script, type ScriptedSession, type WatchedLine } from '../../src/peer/index.ts';
import { handshakeInPieces } from '../../src/lab/cases/server/engineering/handshake-in-pieces.ts';
import { silentDataLine } from '../../src/lab/cases/server/engineering/silent-data-line.ts';
import * as sessions from '../../src/lab/cases/server/rfc4217/data-sessions.ts';
import * as hello from '../../src/lab/cases/server/rfc4217/hello-and-150.ts';
import * as ends from '../../src/lab/cases/server/rfc4217/upload-ends.ts';
import * as forged from '../../src/lab/cases/server/rfc8446/forged-uploads.ts';
import { byDefault, judgesEach, scripted } from './judged-cases.ts';

/** Serves only data lines that resume a TLS session, whosever it is. */
const resumedOnly = (refusal: string): Record<string, Script> => ({
  RETR: async (session, name) => {
    const line = await session.acceptData();
    if (line.tls?.isSessionReused() === true) return session.perform(byDefault('RETR'), name);
    await session.reply('150 Wait');
    await session.endData(line);
    await session.reply(refusal);
  },
});

/** Begins TLS on data lines in a way of its own. */
function securedBy(secure: (session: ScriptedSession, line: WatchedLine) => Promise<void>): Record<string, Script> {
  return {
    RETR: async (session, name) => {
      await secure(session, await session.acceptRawData()).catch(() => undefined);
      await session.perform(byDefault('RETR'), name);
    },
  };
}

/** STOR that says this when the line has ended, whatever has come. */
const saysAtEnd = (reply: string): Record<string, Script> => ({
  STOR: async (session) => {
    await session.reply('150 Send it');
    const line = await session.acceptData();
    await line.readToEnd().catch(() => undefined);
    line.destroy();
    await session.reply(reply);
  },
});

const onTransfer = { dataTlsStart: 'on-transfer' } as const;
const required = { sessionReuse: 'require' } as const;

judgesEach('The TLS session of a data connection', [
  [sessions.fullHandshakeOnData, { ours: 'accepted' }, { ours: 'refused-by-522', options: required }],
  [sessions.fullHandshakeOnData, scripted('NON-STRICT', 'other-code', resumedOnly('425 No'))],
  [sessions.fullHandshakeOnData, scripted('FAIL', 'cut-short', resumedOnly('226 Done'))],
  [sessions.resumedDataTls12, { ours: 'resumed' }, scripted('FAIL', 'refused', { RETR: '425 No' })],
  [sessions.resumedDataTls13, { ours: 'resumed' }, scripted('FAIL', 'refused', { RETR: '425 No' })],
  [sessions.foreignSession, { ours: 'not-required' }, { ours: 'refused', options: required }],
  [sessions.foreignSession, scripted('NON-STRICT', 'accepted', resumedOnly('522 Resume'))],
  [
    sessions.sameCertificate,
    { ours: 'same' },
    scripted(
      'NON-STRICT',
      'other',
      securedBy(async (session, line) => session.secureData(line, {}, await createTestCertificate())),
      onTransfer,
    ),
  ],
]);

judgesEach('The end of an upload', [
  [ends.truncatedUpload, { ours: 'refused' }, scripted('NON-STRICT', 'confirmed', saysAtEnd('226 Done'))],
  [ends.resetUpload, { ours: 'refused' }, scripted('FAIL', 'confirmed', saysAtEnd('226 Done'))],
  [
    ends.resetUpload,
    scripted('FAIL', 'lost', { ...saysAtEnd('426 Cut'), NOOP: (session) => session.control.reset() }),
    { ours: 'refused', options: { tls: 'off', security: 'plain' } },
  ],
  [ends.closeNotifyAnswered, { ours: 'answered' }, scripted('NON-STRICT', 'refused', saysAtEnd('426 Cut'))],
  [ends.closeNotifyAnswered, scripted('UNCLEAN', 'no-close-notify', { STOR: mute('closeNotified') })],
  [ends.closeNotifyAnswered, scripted('NON-STRICT', 'waits', { STOR: mute('ended') })],
  [ends.emptyUpload, { ours: 'stored' }, scripted('FAIL', 'refused', saysAtEnd('426 Cut'))],
  [ends.emptyUpload, scripted('FAIL', 'other-size', saysAtEnd('226 Done'))],
  [ends.emptyUpload, scripted('PASS', 'stored', { SIZE: '213 File status' })],
]);

/** Confirms an upload at its close_notify or at its FIN, and sends no close_notify. */
function mute(until: 'closeNotified' | 'ended'): Script {
  return async (session) => {
    await session.reply('150 Send it');
    const line = await session.acceptData();
    line.cutOutputAfter(0);
    await (until === 'ended' ? line.ended : line.closeNotified());
    await session.reply('226 Done');
  };
}

judgesEach('What clients rarely send', [
  [forged.dataBehindCloseNotify, { ours: 'ignored' }, scripted('NON-STRICT', 'refused', saysAtEnd('426 Cut'))],
  [forged.dataBehindCloseNotify, scripted('FAIL', 'taken', { RETR: sends(80_000) })],
  [forged.dataBehindCloseNotify, scripted('FAIL', 'spoiled', { RETR: sends(4) })],
  [forged.clientKeyUpdate, { ours: 'whole' }, scripted('FAIL', 'refused', saysAtEnd('426 Cut'))],
  [forged.bothKeyUpdate, { ours: 'whole' }, scripted('FAIL', 'spoiled', { RETR: sends(40_000) })],
  [
    silentDataLine,
    { ours: 'ended', options: { limits: { tlsHandshakeMs: 500 } } },
    scripted('FAIL', 'claimed-done', { RETR: '226 Done' }, onTransfer),
    scripted('FAIL', 'in-clear', { RETR: sendsInClear }, onTransfer),
  ],
]);

/** RETR of another content than was stored. */
function sends(byteCount: number): Script {
  return async (session, name) => {
    session.uploads.set(name, Buffer.alloc(byteCount, 'a'));
    await session.perform(byDefault('RETR'), name);
  };
}

async function sendsInClear(session: ScriptedSession, name: string): Promise<void> {
  await session.reply('150 Here it comes');
  const line = await session.acceptRawData();
  await line.write(session.uploads.get(name) ?? '');
  line.fin();
  await session.reply('226 Done');
}

const reset = new WeakSet<ScriptedSession>();
/** A server that knows REIN, and from then on serves only data lines that resume a TLS session. */
const remembersBehindRein: Record<string, Script> = {
  REIN: async (session) => {
    reset.add(session);
    await session.reply('220 Again');
  },
  RETR: (session, name) => session.perform(reset.has(session) ? '522 Resume' : byDefault('RETR'), name),
};

judgesEach('REIN and data connections', [
  [sessions.fullHandshakeBehindRein, { ours: 'accepted' }, { ours: 'accepted', options: { ccc: true } }],
  [sessions.fullHandshakeBehindRein, { ours: 'as-before', options: { ...required, ccc: true } }],
  [sessions.fullHandshakeBehindRein, scripted('FAIL', 'refused', remembersBehindRein)],
  [sessions.fullHandshakeBehindRein, scripted('UNIMPLEMENTED', undefined)],
]);

/** Says 150 when the handshake is done. */
const handshakesFirst: Record<string, Script> = {
  RETR: async (session, name) => {
    await session.acceptData();
    await session.perform(byDefault('RETR'), name);
  },
};
const silent: Record<string, Script> = { RETR: () => Promise.resolve() };

judgesEach('The ClientHello of a data connection', [
  [hello.helloAtOnce, { ours: 'served' }, scripted('FAIL', 'refused', { RETR: '425 No' })],
  [hello.helloAtOnce, scripted('FAIL', 'stuck', silent)],
  [hello.helloBehind150, { ours: 'before-handshake' }, scripted('INFO', 'before-handshake', {}, onTransfer)],
  [hello.helloBehind150, scripted('INFO', 'behind-handshake', handshakesFirst), scripted('FAIL', 'stuck', silent)],
  [hello.helloBehind150, scripted('FAIL', 'refused', { RETR: '522 Too late' })],
  [handshakeInPieces, { ours: 'served' }, scripted('FAIL', 'refused', { RETR: '425 No' })],
  [
    handshakeInPieces,
    scripted('FAIL', 'no-handshake', { RETR: (session) => hangsUp(session) }, { dataTlsStart: 'on-transfer' }),
  ],
]);

async function hangsUp(session: ScriptedSession): Promise<void> {
  await session.reply('150 Here it comes');
  const line = await session.acceptRawData();
  line.reset();
}
