import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { SecureVersion } from 'node:tls';
import { createTestCertificate, type TestCertificate } from './certificates.ts';
import { seededBytes } from './chunked-bytes.ts';
import { endedAtMs, type EndingKind } from './line-ending.ts';
import { ScriptedClient, type DataLine } from './scripted-client.ts';
import { startScriptedServer } from './scripted-server.ts';
import type { ScriptedSession } from './scripted-session.ts';
import type { WatchedLine } from './watched-line.ts';

const file = seededBytes(300_000, 11);

const plainEndings: Record<string, { end: (line: WatchedLine) => void; seen: EndingKind }> = {
  FIN: { end: (line) => line.fin(), seen: 'fin' },
  RST: { end: (line) => line.reset(), seen: 'reset' },
};
const tlsEndings: Record<string, { end: (line: WatchedLine) => void; seen: EndingKind }> = {
  'close_notify and FIN': { end: (line) => line.closeNotifyThenFin(), seen: 'close-notify' },
  'close_notify alone': { end: (line) => line.closeNotifyOnly(), seen: 'close-notify' },
  'FIN without close_notify': { end: (line) => line.finWithoutCloseNotify(), seen: 'fin' },
  RST: { end: (line) => line.reset(), seen: 'reset' },
};

interface Pair extends AsyncDisposable {
  readonly client: ScriptedClient;
  readonly session: ScriptedSession;
  readonly clientLine: DataLine;
  readonly serverLine: WatchedLine;
}

/** Both ends of one data line, with TLS of the given version or none. */
async function openPair(certificate: TestCertificate, version?: SecureVersion): Promise<Pair> {
  const tls = version && { minVersion: version, maxVersion: version };
  const server = await startScriptedServer({ certificate, ...(tls && { tls }) });
  const next = server.nextSession();
  const client = await ScriptedClient.connect({ port: server.port });
  const session = await next;
  await client.readReply();
  if (version !== undefined) {
    await client.authTls();
    await client.protect();
  }
  const clientLine = await client.openPassive({ tls: version !== undefined });
  const serverLine = await session.acceptData();
  await clientLine.secured;
  const dispose = async () => {
    client.close();
    await server.stop();
  };
  return { client, session, clientLine, serverLine, [Symbol.asyncDispose]: dispose };
}

async function proveEnding(
  ender: WatchedLine,
  watcher: WatchedLine,
  end: (line: WatchedLine) => void,
  seen: EndingKind,
) {
  await ender.write(file);
  await watcher.untilReceived(file.length);
  const mark = performance.now();
  end(ender);
  await Promise.race([watcher.ended, watcher.closeNotified()]);
  assert.equal(watcher.ending.how, seen);
  assert.deepEqual(watcher.unread(), file);
  const at = endedAtMs(watcher.ending);
  assert.ok(at !== undefined && at >= mark);
}

describe('a watched line tells how the peer ended it', () => {
  const certificates = new Map<string, TestCertificate>();
  before(async () => {
    for (const algorithm of ['ecdsa', 'rsa'] as const) {
      certificates.set(algorithm, await createTestCertificate({ algorithm }));
    }
  });
  after(() => certificates.clear());
  const certificateOf = (algorithm: string) => certificates.get(algorithm) as TestCertificate;

  for (const [name, { end, seen }] of Object.entries(plainEndings)) {
    test(`in clear, ${name}, seen from either side`, async () => {
      await using down = await openPair(certificateOf('ecdsa'));
      await proveEnding(down.serverLine, down.clientLine, end, seen);
      await using up = await openPair(certificateOf('ecdsa'));
      await proveEnding(up.clientLine, up.serverLine, end, seen);
    });
  }

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const algorithm of ['ecdsa', 'rsa']) {
      for (const [name, { end, seen }] of Object.entries(tlsEndings)) {
        test(`${version} with ${algorithm}, ${name}, seen from either side`, async () => {
          await using down = await openPair(certificateOf(algorithm), version);
          assert.equal(down.clientLine.tls?.getProtocol(), version);
          await proveEnding(down.serverLine, down.clientLine, end, seen);
          await using up = await openPair(certificateOf(algorithm), version);
          await proveEnding(up.clientLine, up.serverLine, end, seen);
        });
      }
    }
  }

  test('a close_notify and FIN that wait behind unread data are still told from a FIN', async () => {
    for (const seen of ['close-notify', 'fin'] as const) {
      await using pair = await openPair(certificateOf('ecdsa'), 'TLSv1.3');
      pair.clientLine.pause();
      await pair.serverLine.write(file);
      if (seen === 'fin') pair.serverLine.finWithoutCloseNotify();
      else pair.serverLine.closeNotifyThenFin();
      pair.clientLine.resume();
      const ending = await pair.clientLine.ended;
      assert.equal(ending.how, seen);
      assert.deepEqual(pair.clientLine.unread(), file);
    }
  });

  test('a record cut in its middle loses its payload and shows as FIN without close_notify', async () => {
    await using pair = await openPair(certificateOf('ecdsa'), 'TLSv1.3');
    await pair.serverLine.write(file);
    pair.serverLine.cutOutputAfter(100);
    await pair.serverLine.write(seededBytes(1000, 2));
    pair.serverLine.finWithoutCloseNotify();
    const ending = await pair.clientLine.ended;
    assert.equal(ending.how, 'fin');
    assert.deepEqual(pair.clientLine.unread(), file);
  });

  test('a peer that sends without an end fills no memory: the line is closed, and reading it fails', async () => {
    for (const version of [undefined, 'TLSv1.3'] as const) {
      await using pair = await openPair(certificateOf('ecdsa'), version);
      pair.clientLine.keepAtMost(1024 * 1024);
      const read = pair.clientLine.readToEnd();
      const poured = pair.serverLine.pour(Array.from({ length: 200 }, () => file));
      await assert.rejects(read, /More than 1 MiB came on one line/);
      assert.equal(pair.clientLine.unread().length, 0);
      await poured.catch(() => undefined);
    }
  });

  test('a reset right behind a FIN closes the socket', async () => {
    await using pair = await openPair(certificateOf('ecdsa'));
    const closed = once(pair.serverLine.raw, 'close');
    pair.serverLine.fin();
    pair.serverLine.reset();
    await closed;
    const ending = await pair.clientLine.ended;
    assert.ok(ending.how === 'fin' || ending.how === 'reset', ending.how);
  });

  test('finish reads to the end and ends the line in good order', async () => {
    for (const version of [undefined, 'TLSv1.3'] as const) {
      await using pair = await openPair(certificateOf('ecdsa'), version);
      const finished = pair.clientLine.finish();
      await pair.serverLine.write(file);
      await pair.session.endData(pair.serverLine);
      assert.deepEqual(await finished, file);
      assert.equal(pair.serverLine.ending.how, version === undefined ? 'fin' : 'close-notify');
    }
  });

  test('data lines can resume the session of the control line, or not', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await using pair = await openPair(certificateOf('ecdsa'), version);
      assert.equal(pair.clientLine.tls?.isSessionReused(), true);
      const other = await pair.client.openPassive({ tls: true, reuseSession: false });
      await pair.session.acceptData();
      await other.secured;
      assert.equal(other.tls?.isSessionReused(), false);
    }
  });
});
