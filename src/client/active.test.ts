import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { parseEprtArgument } from '../protocol/index.ts';
import { freePortRange, type Script } from '../testing/index.ts';
import { modes, notes, startPair } from '../../test/fixtures/client-pair.ts';

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

const portOf = (command = ''): number => {
  const target = parseEprtArgument(command.slice('EPRT '.length));
  return target !== undefined && 'port' in target ? target.port : 0;
};

describe('active mode', () => {
  for (const mode of modes) {
    test(`moves files both ways and lists folders (${mode.name})`, async () => {
      await using pair = await startPair(mode, { files }, { active: {} });
      const sink = new Sink();
      const down = await pair.client.download('a', sink);
      assert.equal(sink.text, 'some bytes');
      assert.equal(down.outcome, 'complete');
      const up = await pair.client.upload('b', Buffer.from('other bytes'));
      assert.equal(up.outcome, 'complete');
      assert.equal(pair.server.uploads.get('b')?.toString(), 'other bytes');
      const names = [];
      for await (const entry of pair.client.list()) names.push(entry.name);
      assert.deepEqual(names, ['a']);
      assert.ok(!pair.verbs().includes('EPSV') && !pair.verbs().includes('PASV'));
    });
  }

  test('uses PORT on the same login when EPRT is refused, and remembers it', async () => {
    await using pair = await startPair(tls13, { files, commands: { EPRT: '500 What?' } }, { active: {} });
    for (let round = 0; round < 2; round += 1) {
      const sink = new Sink();
      await pair.client.download('a', sink);
      assert.equal(sink.text, 'some bytes');
    }
    const verbs = pair.verbs().filter((verb) => verb === 'EPRT' || verb === 'PORT');
    assert.deepEqual(verbs, ['EPRT', 'PORT', 'PORT']);
    assert.match(notes(pair.trace), /EPRT does not work here \(500 What\?\), PORT is used from now on/);
  });

  test('passes on the refusal of both, and keeps the session', async () => {
    const commands = { EPRT: '500 No', PORT: '500 No active mode here' };
    await using pair = await startPair(plain, { files, commands }, { active: {} });
    await assert.rejects(pair.client.download('a', new Sink()), {
      code: 'ERR_TWINLINE_REFUSED',
      message: /No active mode here/,
    });
    assert.equal(await pair.client.size('a'), 10);
    assert.equal(pair.client.counts.get('listener'), 0);
  });

  for (const mode of [plain, tls13] as const) {
    test(`turns a stranger away and goes on waiting for the server (${mode.name})`, async () => {
      const RETR: Script = async (session, name) => {
        const line = session.commands.findLast((command) => command.startsWith('EPRT '));
        const stranger = connectTcp({ host: '127.0.0.1', port: portOf(line), localAddress: '127.0.0.9' });
        stranger.on('error', () => undefined);
        await new Promise((resolve) => stranger.once('close', resolve));
        await session.reply('150 Here it comes');
        const data = await session.acceptData();
        await data.write(files[name as 'a']);
        await session.endData(data);
        await session.reply('226 Done');
      };
      await using pair = await startPair(mode, { files, commands: { RETR } }, { active: {} });
      const sink = new Sink();
      await pair.client.download('a', sink);
      assert.equal(sink.text, 'some bytes');
      assert.match(notes(pair.trace), /Refused a connection from 127\.0\.0\.9 to the data port: not the server/);
    });
  }

  test('says so when the server does not connect, and keeps the session', async () => {
    const RETR: Script = (session) => session.reply('150 Here it comes');
    const commands = { RETR, ABOR: '426 Cut\n226 Aborted' };
    const options = { active: {}, deadlines: { dataConnectMs: 80, abortMs: 500 } };
    await using pair = await startPair(plain, { files, commands }, options);
    await assert.rejects(pair.client.download('a', new Sink()), {
      code: 'ERR_TWINLINE_TIMEOUT',
      phase: 'data-connect',
      message: /did not connect to the data port \d+ within 0\.08 s.*NAT/,
    });
    assert.equal(pair.client.counts.get('listener'), 0);
  });

  test('passes on why the server could not connect', async () => {
    const commands = { RETR: '425 No route to you' };
    await using pair = await startPair(plain, { files, commands }, { active: {} });
    await assert.rejects(pair.client.download('a', new Sink()), { replyCode: 425, message: /No route to you/ });
    assert.equal(await pair.client.size('a'), 10);
  });

  test('ends with the control line while the server is waited for', async () => {
    const RETR: Script = (session) => session.control.reset();
    await using pair = await startPair(plain, { files, commands: { RETR } }, { active: {} });
    await assert.rejects(pair.client.download('a', new Sink()), { code: 'ERR_TWINLINE_CONTROL_LOST' });
    assert.equal(pair.client.counts.get('listener'), 0);
  });

  test('ends when the caller aborts it while the server is waited for', async () => {
    const abort = new AbortController();
    const RETR: Script = async (session) => {
      await session.reply('150 Here it comes');
      abort.abort();
    };
    const commands = { RETR, ABOR: '426 Cut\n226 Aborted' };
    await using pair = await startPair(plain, { files, commands }, { active: {}, deadlines: { abortMs: 500 } });
    await assert.rejects(pair.client.download('a', new Sink(), { signal: abort.signal }), {
      code: 'ERR_TWINLINE_ABORTED',
    });
  });

  test('listens in the range of ports that it is given, and says when all of them are taken', async () => {
    const range = await freePortRange(2, '127.0.0.1');
    await using pair = await startPair(plain, { files }, { active: { ports: range } });
    await pair.client.download('a', new Sink());
    const port = portOf(pair.session.commands.find((command) => command.startsWith('EPRT ')));
    assert.ok(port >= range.min && port <= range.max, String(port));
    const blocked = { min: pair.server.port, max: pair.server.port };
    await using stuck = await startPair(plain, { files }, { active: { ports: blocked } });
    await assert.rejects(stuck.client.download('a', new Sink()), {
      code: 'ERR_TWINLINE_LISTEN',
      message: /all ports of \d+-\d+ are in use/,
    });
  });

  test('tells the server the address that it is given, and listens on the own one', async () => {
    const EPRT: Script = async (session, argument) => {
      session.dialDataTo('127.0.0.1', portOf(`EPRT ${argument}`));
      await session.reply('200 Fine');
    };
    const active = { address: '203.0.113.5' };
    await using pair = await startPair(plain, { files, commands: { EPRT } }, { active });
    const sink = new Sink();
    await pair.client.download('a', sink);
    assert.equal(sink.text, 'some bytes');
    assert.ok(pair.session.commands.some((command) => command.startsWith('EPRT |1|203.0.113.5|')));
    await using other = await startPair(plain, { files }, { active: { address: '2001:db8::5' } });
    await assert.rejects(other.client.download('a', new Sink()), { code: 'ERR_TWINLINE_CONFIG', message: /IPv6/ });
  });
});
