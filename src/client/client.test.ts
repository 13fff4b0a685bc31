import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { modes, startPair } from '../../test/fixtures/client-pair.ts';
import { connect } from './client.ts';

const [plain, , tls13] = modes;

describe('a client', () => {
  test('changes, makes, removes and renames what it is told to', async () => {
    const commands = {
      PWD: '257 "/a ""b""" is current',
      MKD: '257 "/x" created',
      RMD: '250 Gone',
      DELE: '250 Gone',
      RNFR: '350 To what?',
      RNTO: '250 Renamed',
      MDTM: '213 20121112223335.5',
    };
    await using pair = await startPair(plain, { commands, files: { f: Buffer.from('12345') } });
    const { client } = pair;
    await client.changeDirectory('a "b"');
    assert.equal(await client.workingDirectory(), '/a "b"');
    await client.makeDirectory('x');
    await client.removeDirectory('x');
    await client.remove('y');
    await client.rename('from', 'to');
    assert.equal(await client.size('f'), 5);
    assert.equal(await client.modified('f'), Date.UTC(2012, 10, 12, 22, 33, 35, 500));
    assert.deepEqual(pair.session.commands.slice(-8, -2), [
      'MKD x',
      'RMD x',
      'DELE y',
      'RNFR from',
      'RNTO to',
      'TYPE I',
    ]);
  });

  test('passes refusals on with command, code and lines', async () => {
    const commands = { MKD: '550-There\n550 already', RNFR: '550 None', RNTO: '553 No' };
    await using pair = await startPair(plain, { commands });
    await assert.rejects(pair.client.makeDirectory('x'), {
      code: 'ERR_TWINLINE_REFUSED',
      command: 'MKD x',
      replyCode: 550,
      replyLines: ['There', 'already'],
    });
    await assert.rejects(pair.client.rename('a', 'b'), { replyCode: 550 });
    assert.ok(!pair.verbs().includes('RNTO'));
    await assert.rejects(pair.client.size('none'), { replyCode: 550 });
  });

  test('asks for features once, and knows none where the server has none', async () => {
    await using pair = await startPair(plain);
    assert.equal((await pair.client.features()).has('mlst'), true);
    await pair.client.features();
    assert.equal(pair.verbs().filter((verb) => verb === 'FEAT').length, 1);
    await using old = await startPair(plain, { commands: { FEAT: '500 What?' } });
    assert.deepEqual((await old.client.features()).all, []);
  });

  test('sends raw commands, but none that would change the session behind its back', async () => {
    await using pair = await startPair(plain, { commands: { SITE: '250-Two\n250 lines', TYPE: '200 Fine' } });
    assert.deepEqual((await pair.client.raw('SITE x y')).lines, ['Two', 'lines']);
    assert.equal((await pair.client.raw('XYZZY')).code, 502);
    for (const command of ['retr f', 'PASV', 'AUTH TLS', 'REST 5']) {
      await assert.rejects(pair.client.raw(command), { code: 'ERR_TWINLINE_CALL_ORDER' });
    }
  });

  test('lets no line end into a command', async () => {
    await using pair = await startPair(plain);
    for (const path of ['a\r\nDELE b', 'a\nb', 'a\0b', 'a\rb']) {
      await assert.rejects(pair.client.remove(path), { code: 'ERR_TWINLINE_COMMAND_TEXT' });
      await assert.rejects(pair.client.download(path, { write: async () => undefined }), {
        code: 'ERR_TWINLINE_COMMAND_TEXT',
      });
    }
    await pair.client.workingDirectory();
    assert.ok(!pair.verbs().includes('DELE'));
  });

  test('quits in order, once, and works no more afterwards', async () => {
    await using pair = await startPair(tls13);
    await Promise.all([pair.client.quit(), pair.client.quit()]);
    assert.equal(pair.verbs().filter((verb) => verb === 'QUIT').length, 1);
    assert.equal((await pair.session.control.ended).how, 'close-notify');
    await assert.rejects(pair.client.workingDirectory(), { code: 'ERR_TWINLINE_CALL_ORDER' });
    await assert.rejects(pair.client.downloadFile('f', '/tmp/never'), { code: 'ERR_TWINLINE_CALL_ORDER' });
  });

  test('quits also from a server that does not answer', async () => {
    await using pair = await startPair(tls13, { commands: { QUIT: () => undefined } }, { deadlines: { quitMs: 50 } });
    const startedMs = performance.now();
    await pair.client.quit();
    assert.ok(performance.now() - startedMs < 1000);
  });

  test('says what ended the session when it is used after a loss', async () => {
    await using pair = await startPair(tls13);
    pair.session.control.reset();
    await assert.rejects(pair.client.workingDirectory(), { code: 'ERR_TWINLINE_CONTROL_LOST', channel: 'control' });
    await assert.rejects(pair.client.workingDirectory(), { code: 'ERR_TWINLINE_CONTROL_LOST' });
    assert.equal(pair.client.isConnected, false);
  });

  test('gives a bad reply its own error and ends the session', async () => {
    for (const [NOOP, code] of [
      [Buffer.from('hello\r\n'), 'ERR_TWINLINE_BAD_REPLY'],
      [Buffer.from(`200-${'x'.repeat(80_000)}`), 'ERR_TWINLINE_REPLY_TOO_LONG'],
    ] as const) {
      await using pair = await startPair(tls13, { commands: { NOOP } });
      await assert.rejects(pair.client.raw('NOOP'), { code });
      assert.equal(pair.client.isConnected, false);
    }
  });

  test('ignores a reply that nobody asked for', async () => {
    await using pair = await startPair(tls13, { commands: { NOOP: '200 Fine\n226 Too much' } });
    await pair.client.raw('NOOP');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await pair.client.workingDirectory(), '/');
  });

  test('needs a host', async () => {
    await assert.rejects(connect({ host: '' }), { code: 'ERR_TWINLINE_CONFIG' });
  });
});
