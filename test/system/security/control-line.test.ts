/** A control line that is used against the server: odd bytes, long lines, floods, and clients that do not read or do not end. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startServer } from '../../fixtures/start-server.ts';

describe('before login', () => {
  test('SITE, and everything else that touches files, is refused', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('old'));
    await using client = await server.connect();
    await client.authTls();
    for (const command of [
      'SITE CHMOD 777 a',
      'SITE HELP',
      'SITE UTIME 20200101000000 a',
      'SITE',
      'DELE a',
      'SIZE a',
    ]) {
      assert.match(await client.command(command), /^530 /, command);
    }
    assert.equal((await server.read('/a'))?.toString(), 'old');
  });
});

describe('odd bytes', () => {
  const lines: readonly (readonly [string, string, RegExp])[] = [
    ['NUL', 'DELE a\0b\r\n', /^500 /],
    ['CR NUL', 'DELE a\r\0\r\n', /^500 /],
    ['a bare CR', 'DELE a\rDELE b\r\n', /^500 /],
    ['a bare LF', 'DELE a\nNOOP\r\n', /^500 /],
    ['IAC IAC', 'DELE \u00ff\u00ff\r\n', /^550 /],
    ['IAC NOP within a verb', 'NO\u00ff\u00f1OP\r\n', /^200 /],
    ['IAC DO within a verb', 'NO\u00ff\u00fd\u0001OP\r\n', /^(?:\u00ff|.*200 )/s],
    ['a Telnet subnegotiation', '\u00ff\u00fa\u0018\u0001xterm\u00ff\u00f0NOOP\r\n', /^200 /],
    ['IP and DM before ABOR', '\u00ff\u00f4\u00ff\u00f2ABOR\r\n', /^226 /],
    ['an escape sequence in a name', 'DELE \u001b[2J\r\n', /^5\d\d /],
  ];
  for (const [name, line, reply] of lines) {
    test(`${name} is one command or none, and the session goes on`, async () => {
      await using server = await startServer({ tls: 'off' });
      await server.write('/a', Buffer.from('kept'));
      await using client = await server.session({ protection: 'plain' });
      await client.send(Buffer.from(line, 'latin1'));
      assert.match(await client.readReply(), reply);
      await client.send('STAT\r\n');
      for (;;) if (/^211 .*End|End of status/m.test(await client.readReply())) break;
      assert.equal((await server.read('/a'))?.toString(), 'kept');
    });
  }
});

describe('floods', () => {
  test('lines of 1 MiB are answered once each, and ten in a row end the session', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const line = Buffer.concat([Buffer.alloc(1_048_576, 'A'), Buffer.from('\r\n')]);
    for (let round = 0; round < 9; round += 1) {
      await client.send(line);
      assert.match(await client.readReply(), /^500 Line too long/);
    }
    assert.equal(await client.command('NOOP'), '200 OK');
    for (let round = 0; round < 10; round += 1) void client.send(line).catch(() => undefined);
    assert.equal((await server.event('session-closed')).cause, 'bad-commands');
  });

  test('10,000 pipelined commands are answered in order, each once', async () => {
    await using server = await startServer({ tls: 'off' });
    await using client = await server.session({ protection: 'plain' });
    await client.send('NOOP\r\nPWD\r\n'.repeat(5_000));
    for (let round = 0; round < 5_000; round += 1) {
      assert.equal(await client.readReply(), '200 OK');
      assert.match(await client.readReply(), /^257 /);
    }
  });

  test('replies that nobody reads end the session at their bound', async () => {
    await using server = await startServer({ tls: 'off', limits: { maxUnreadReplyBytes: 65_536 } });
    await using client = await server.session({ protection: 'plain' });
    client.control.pause();
    void client.control.pour(Array.from({ length: 4_000 }, () => Buffer.from('HELP\r\n'.repeat(50)))).catch(() => 0);
    assert.equal((await server.event('session-closed')).cause, 'overflow');
    client.control.resume();
  });

  test('bytes on a data line that no transfer asks for are not taken into memory', async () => {
    await using server = await startServer({ tls: 'off' });
    await using client = await server.session({ protection: 'plain' });
    const line = await client.openPassive();
    const before = process.memoryUsage();
    let written = 0;
    const chunk = Buffer.alloc(1_048_576);
    for (let round = 0; round < 64 && line.raw.write(chunk); round += 1) written += chunk.length;
    await client.expect(200, 'NOOP');
    const after = process.memoryUsage();
    assert.ok(written < 64 * chunk.length, 'the server reads what it has not been asked to');
    assert.ok(after.arrayBuffers - before.arrayBuffers < 16 * chunk.length, JSON.stringify(after));
    line.reset();
  });
});

describe('slow clients', () => {
  test('a command that comes byte by byte does not outlive the time for the login', async () => {
    await using server = await startServer({ limits: { loginMs: 300 } });
    await using client = await server.connect();
    const drip = setInterval(() => client.control.raw.write('A'), 20);
    try {
      assert.match(await client.readReply(), /^421 No login within 0\.3 s/);
    } finally {
      clearInterval(drip);
    }
    assert.equal((await server.event('session-closed')).cause, 'login-timeout');
  });

  test('a handshake that comes byte by byte does not outlive its time', async () => {
    await using server = await startServer({ limits: { tlsHandshakeMs: 300 } });
    await using client = await server.connect();
    await client.expect(234, 'AUTH TLS');
    const hello = Buffer.from('1603010200010001fc0303', 'hex');
    let at = 0;
    const drip = setInterval(() => client.control.raw.write(hello.subarray(at, ++at)), 20);
    try {
      await client.control.ended;
    } finally {
      clearInterval(drip);
    }
    assert.equal((await server.event('session-closed')).cause, 'tls-timeout');
  });
});
