import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createSecureContext, createServer, type TLSSocket } from 'node:tls';
import { createTestCertificate, type Script } from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { sharedCertificate, startPair, tlsModes } from '../../test/fixtures/client-pair.ts';
import { file, files } from '../../test/fixtures/midway.ts';
import { ClientTls } from './client-tls.ts';
import { resolveOptions } from './options.ts';

for (const mode of tlsModes) {
  describe(`TLS on the data line (${mode.name})`, () => {
    test('resumes the session of the control line, fifty times on one login', async () => {
      await using pair = await startPair(mode, { files });
      for (let round = 0; round < 50; round += 1) {
        const result = await pair.client.download('f', new KeepingSink());
        assert.equal(result.tls?.resumed, true, `round ${round}`);
      }
    });

    test('works with servers that start it late, and with those that start it at once', async () => {
      for (const dataTlsStart of ['on-accept', 'on-transfer'] as const) {
        await using pair = await startPair(mode, { files, dataTlsStart });
        assert.equal((await pair.client.download('f', new KeepingSink())).outcome, 'complete');
      }
    });

    test('works with a server that sends its 150 only behind the handshake', async () => {
      const RETR: Script = async (session) => {
        const line = await session.acceptData();
        await session.reply('150 Here it comes');
        await line.write(file);
        await session.endData(line);
        await session.reply('226 Done');
      };
      await using pair = await startPair(mode, { files, commands: { RETR } });
      assert.equal((await pair.client.download('f', new KeepingSink())).outcome, 'complete');
    });

    const withOtherContext = (
      makeCertificate: () => ReturnType<typeof createTestCertificate>,
      moved: { bytes: number },
    ) => {
      const STOR: Script = async (session) => {
        await session.reply('150 Send it');
        const line = await session.acceptRawData();
        const { certificatePem, privateKeyPem } = await makeCertificate();
        const secureContext = createSecureContext({
          cert: certificatePem,
          key: privateKeyPem,
          maxVersion: mode.version,
        });
        await line.startServerTls({ secureContext });
        const before = line.receivedBytes;
        await line.ended;
        moved.bytes = line.receivedBytes - before;
        await session.reply('426 Aborted');
      };
      return { commands: { STOR }, dataTlsStart: 'on-transfer' } as const;
    };

    test('must present the certificate of the control line, also where any certificate is accepted', async () => {
      const moved = { bytes: -1 };
      const server = withOtherContext(() => createTestCertificate(), moved);
      for (const tls of [{ insecure: true }, {}]) {
        const trusting = tls.insecure === true ? tls : { caPem: (await sharedCertificate()).certificatePem };
        await using pair = await startPair(mode, server, { tls: trusting });
        await assert.rejects(pair.client.upload('f', file), { code: 'ERR_TWINLINE_DATA_CERTIFICATE', channel: 'data' });
        assert.equal(moved.bytes, 0);
        await pair.client.workingDirectory();
      }
    });

    test('that fails is explained by the reply that follows', async () => {
      const RETR: Script = async (session) => {
        await session.reply('150 Here it comes');
        (await session.acceptRawData()).reset();
        await session.reply('522 SSL connection failed', { delayMs: 20 });
      };
      await using pair = await startPair(mode, { files, commands: { RETR }, dataTlsStart: 'on-transfer' });
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_TLS_HANDSHAKE',
        message: /522 SSL connection failed/,
      });
      await pair.client.workingDirectory();
    });

    test('that never answers is given up', async () => {
      const RETR: Script = (session) => session.reply('150 Here it comes');
      const server = { files, commands: { RETR }, dataTlsStart: 'on-transfer' } as const;
      await using pair = await startPair(mode, server, { deadlines: { tlsMs: 80, abortMs: 80 } });
      const startedMs = performance.now();
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_TIMEOUT',
        channel: 'data',
        phase: 'tls',
      });
      assert.ok(performance.now() - startedMs < 2000);
    });
  });
}

describe('TLS 1.3 with a server that takes a group of its own', () => {
  test('says hello twice on the control line, and once on data lines', async () => {
    const { certificatePem, privateKeyPem } = await sharedCertificate();
    const server = createServer({ cert: certificatePem, key: privateKeyPem, ecdhCurve: 'P-384' }, (line) => line.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const tls = new ClientTls(resolveOptions({ host: '127.0.0.1', tls: { caPem: certificatePem } }));
    const shake = async (wrap: (raw: Socket) => TLSSocket): Promise<{ line: TLSSocket; sent: number }> => {
      const raw = connect(port, '127.0.0.1');
      await once(raw, 'connect');
      const line = wrap(raw);
      await once(line, 'secureConnect');
      return { line, sent: raw.bytesWritten };
    };
    try {
      const control = await shake((raw) => tls.wrapControl(raw));
      tls.checkControl(control.line);
      const data = await shake((raw) => tls.wrapData(raw));
      tls.checkData(data.line);
      // A key for X25519MLKEM768 alone has 1,216 bytes.
      assert.ok(control.sent > 1216, `${control.sent} bytes`);
      assert.ok(data.sent < 1216, `${data.sent} bytes`);
      for (const { line } of [control, data]) line.destroy();
    } finally {
      server.close();
    }
  });
});
