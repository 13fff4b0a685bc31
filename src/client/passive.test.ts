import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Script, ScriptedSession } from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { modes, notes, startPair } from '../../test/fixtures/client-pair.ts';
import { openSilentPort } from '../../test/fixtures/silent-port.ts';

const [plain, , tls13] = modes;
const files = { a: Buffer.from('some bytes') };

class Sink {
  readonly chunks: Buffer[] = [];
  async write(chunks: readonly Buffer[]): Promise<void> {
    this.chunks.push(...chunks);
  }
  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

async function closedPort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

describe('opening a data connection', () => {
  test('asks for EPSV first, on IPv4 too', async () => {
    await using pair = await startPair(plain, { files });
    const sink = new Sink();
    await pair.client.download('a', sink);
    assert.equal(sink.text, 'some bytes');
    assert.deepEqual(pair.verbs().slice(3), ['EPSV', 'TYPE', 'SIZE', 'RETR']);
  });

  test('follows any form of a 229 that RFC 2428 allows', async () => {
    const EPSV = async (session: ScriptedSession) => session.reply(`229 Go (!!!${await session.openData()}!)`);
    await using pair = await startPair(plain, { files, commands: { EPSV } });
    const sink = new Sink();
    await pair.client.download('a', sink);
    assert.equal(sink.text, 'some bytes');
  });

  const broken: readonly (readonly [what: string, script: string])[] = [
    ['refused as unknown', '500 What?'],
    ['refused as not implemented', '502 No'],
    ['refused for the family', '522 Use (2)'],
    ['answered without a port', '229 Entering Extended Passive Mode'],
    ['answered with a port that is none', '229 Go (|||0|)'],
    ['answered with something else', '200 Fine'],
  ];
  for (const [what, EPSV] of broken) {
    test(`uses PASV on the same login when EPSV is ${what}, and remembers it`, async () => {
      await using pair = await startPair(tls13, { files, commands: { EPSV } });
      for (let round = 0; round < 2; round += 1) {
        const sink = new Sink();
        await pair.client.download('a', sink);
        assert.equal(sink.text, 'some bytes');
      }
      const verbs = pair.verbs().filter((verb) => verb === 'EPSV' || verb === 'PASV');
      assert.deepEqual(verbs, ['EPSV', 'PASV', 'PASV']);
      assert.equal(pair.server.sessions.length, 1);
      assert.match(notes(pair.trace), /EPSV does not work here .* PASV is used from now on/);
    });
  }

  test('uses PASV when the port of EPSV refuses connections', async () => {
    const port = await closedPort();
    await using pair = await startPair(tls13, { files, commands: { EPSV: `229 Go (|||${port}|)` } });
    const sink = new Sink();
    await pair.client.download('a', sink);
    assert.equal(sink.text, 'some bytes');
  });

  test('uses PASV when the port of EPSV stays silent, after a short time', async () => {
    await using silent = await openSilentPort();
    const commands = { EPSV: `229 Go (|||${silent.port}|)` };
    await using pair = await startPair(tls13, { files, commands }, { deadlines: { silentPortMs: 100 } });
    const sink = new Sink();
    const startedMs = performance.now();
    await pair.client.download('a', sink);
    assert.equal(sink.text, 'some bytes');
    assert.ok(performance.now() - startedMs < 1000);
    assert.match(notes(pair.trace), /did not answer within 0\.1 s/);
  });

  test('says that no data connection can be had when PASV does not lead anywhere either', async () => {
    const port = await closedPort();
    const commands = { EPSV: '500 No', PASV: `227 Go (127,0,0,1,${port >> 8},${port & 255})` };
    await using pair = await startPair(plain, { files, commands });
    await assert.rejects(pair.client.download('a', new Sink()), {
      code: 'ERR_TWINLINE_CONNECT',
      message: /data connection/,
    });
    assert.ok(!pair.verbs().includes('RETR'));
    await pair.client.size('a');
  });

  test('passes the refusal of PASV on', async () => {
    await using pair = await startPair(plain, { files, commands: { EPSV: '500 No', PASV: '425 All ports are taken' } });
    await assert.rejects(pair.client.download('a', new Sink()), { code: 'ERR_TWINLINE_REFUSED', replyCode: 425 });
  });

  test('goes to the address of the control line, whatever a 227 says', async () => {
    const PASV = async (session: ScriptedSession) => {
      const port = await session.openData();
      await session.reply(`227 Go (10,1,2,3,${port >> 8},${port & 255})`);
    };
    await using pair = await startPair(plain, { files, commands: { EPSV: '500 No', PASV } });
    const sink = new Sink();
    await pair.client.download('a', sink);
    assert.equal(sink.text, 'some bytes');
    assert.match(notes(pair.trace), /names 10\.1\.2\.3 for data/);
  });

  test('ends with the control line while it is being dialled', async () => {
    await using silent = await openSilentPort();
    let lostAtMs = 0;
    let lagMs = 0;
    const EPSV = async (session: ScriptedSession) => {
      await session.reply(`229 Go (|||${silent.port}|)`);
      await sleep(30);
      lostAtMs = performance.now();
      // A machine that is busy elsewhere is late with everything, this timer included.
      setTimeout(() => (lagMs = performance.now() - lostAtMs - 25), 25);
      session.control.reset();
    };
    await using pair = await startPair(plain, { files, commands: { EPSV } });
    await assert.rejects(pair.client.download('a', new Sink()), {
      code: 'ERR_TWINLINE_CONTROL_LOST',
      channel: 'control',
    });
    const tookMs = performance.now() - lostAtMs;
    assert.ok(tookMs < 100 + lagMs, `${tookMs} ms on a machine that is ${lagMs} ms late`);
  });
});

for (const mode of modes) {
  describe(`EPSV ALL and other families (${mode.name})`, () => {
    test('is promised behind the login where it is asked for, and nothing but EPSV comes then', async () => {
      const EPSV: Script = async (session, argument) => {
        if (argument === 'ALL') await session.reply('200 EPSV ALL');
        else await session.reply('500 Not today');
      };
      await using pair = await startPair(
        mode,
        { files: { f: Buffer.from('x') }, commands: { EPSV } },
        { epsvAll: true },
      );
      assert.ok(pair.session.commands.includes('EPSV ALL'));
      await assert.rejects(pair.client.download('f', new KeepingSink()), { replyCode: 500 });
      assert.ok(!pair.verbs().includes('PASV'));
      assert.equal(pair.client.isConnected, true);
    });

    test('is noted where the server does not know it, and PASV stays possible', async () => {
      const commands = { EPSV: '501 What?' };
      await using pair = await startPair(mode, { files: { f: Buffer.from('x') }, commands }, { epsvAll: true });
      assert.match(notes(pair.trace), /does not take EPSV ALL \("501 What\?"\)/);
      await pair.client.download('f', new KeepingSink());
      assert.ok(pair.verbs().includes('PASV'));
    });

    test('a reply that names another family is given back by ABOR, and ours is asked for', async () => {
      let isNamed = false;
      const EPSV: Script = async (session, argument) => {
        if (argument === '1') await session.reply('522 Network protocol not supported, use (2)');
        else {
          isNamed = true;
          await session.reply('229 Entering Extended Passive Mode (|2|::1|4711|)');
        }
      };
      await using pair = await startPair(mode, { files: { f: Buffer.from('x') }, commands: { EPSV } });
      await pair.client.download('f', new KeepingSink());
      assert.equal(isNamed, true);
      const dialogue = pair.session.commands.filter((line) => /EPSV|ABOR|PASV/.test(line));
      assert.deepEqual(dialogue, ['EPSV', 'ABOR', 'EPSV 1', 'PASV']);
    });
  });
}
