import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createTempFolder, type Script, startScriptedServer } from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { modes, notes, optionsFor, sharedCertificate, startPair } from '../../test/fixtures/client-pair.ts';
import { connect, createMemoryKnowledge, type TraceEvent } from './index.ts';
import { isReuseRefusal } from './session-reuse.ts';

const files = { f: Buffer.from('content') };
const refusal = '522 SSL connection failed: session reuse required';

/** A server of both versions, whose data lines are refused in its first session. */
async function startRefusing() {
  const RETR: Script = async (session, name) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    if (server.sessions.length === 1) {
      line.reset();
      await session.reply(refusal);
      return;
    }
    await line.write(session.files[name] ?? Buffer.alloc(0));
    await session.endData(line);
    await session.reply('226 Done');
  };
  const server = await startScriptedServer({ certificate: await sharedCertificate(), files, commands: { RETR } });
  return server;
}

describe('a server that refuses data lines which do not resume', () => {
  test('is spoken to in TLS 1.2 from then on, and a file is fetched at once in that way', async () => {
    await using folder = await createTempFolder();
    await using server = await startRefusing();
    const trace: TraceEvent[] = [];
    const knowledge = createMemoryKnowledge();
    const retry = { tries: 1, delayMs: 1 };
    await using client = await connect({ ...optionsFor(modes[2], server, trace), retry, knowledge });
    assert.equal(client.tls?.protocol, 'TLSv1.3');
    const notices: string[] = [];
    await client.downloadFile('f', folder.join('f'), { onRetry: ({ error }) => notices.push(error.message) });
    assert.equal(client.tls?.protocol, 'TLSv1.2');
    assert.match(notices.join(), /resume the TLS session .*session reuse required.*TLS 1\.2 .* from now on/);
    assert.match(notes(trace), /TLS 1\.2 is spoken with this server/);
    await using later = await connect({ ...optionsFor(modes[2], server), knowledge });
    assert.equal(later.tls?.protocol, 'TLSv1.2');
  });

  test('is explained where nothing else is allowed', async () => {
    for (const mode of [modes[1], modes[2]]) {
      const tls = { caPem: (await sharedCertificate()).certificatePem, minVersion: mode.version };
      await using pair = await startPair(mode, { files, commands: { RETR: refusal } }, { tls });
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_SESSION_REUSE',
        message:
          /^The server wants data connections to resume .*\("522 SSL connection failed: session reuse required"\)\.$/,
      });
      assert.equal(pair.client.isConnected, true);
    }
  });

  test('is told from other refusals', () => {
    const reply = (text: string) => {
      const code = Number(text.slice(0, 3));
      return { code, lines: [text.slice(4)], rawLines: [text] };
    };
    for (const text of [
      refusal,
      '425 Unable to build data connection: Operation not permitted',
      '450 TLS session of data connection not resumed.',
      '425 TLS session of data connection has not resumed or the session does not match the control connection',
    ]) {
      assert.equal(isReuseRefusal(reply(text)), true, text);
    }
    for (const text of [
      '550 TLS session',
      '426 The upload was cut and can be resumed',
      '425 No data connection',
      '426 Connection closed; transfer aborted.',
    ]) {
      assert.equal(isReuseRefusal(reply(text)), false, text);
    }
  });
});
