/** The control line: how commands are put together from bytes, what is refused, and who is shown the door. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inChunksOf, ScriptedClient, type WatchedLine } from '../../src/testing/index.ts';
import { protections, startServer } from '../fixtures/start-server.ts';

for (const protection of protections) {
  describe(`the control line over ${protection}`, () => {
    test('commands may come byte by byte', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      for (const byte of inChunksOf(Buffer.from('MKD a b\r\nCWD a b\r\n'), 1)) await client.send(byte);
      assert.match(await client.readReply(), /^257 "\/a b"/);
      assert.match(await client.readReply(), /^250 /);
    });

    test('CR and LF may come apart, and a command may be cut anywhere', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      for (const piece of ['N', 'OOP\r', '\nPW', 'D\r\nTYP', 'E I', '\r', '\n']) await client.send(piece);
      assert.match(await client.readReply(), /^200 OK$/);
      assert.match(await client.readReply(), /^257 /);
      assert.match(await client.readReply(), /^200 Type/);
    });

    test('pipelined commands are answered in order, however many they are', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      const count = 3000;
      const lines = Array.from({ length: count }, (_, i) =>
        i % 3 === 0 ? `MKD d${i}` : i % 3 === 1 ? 'NOOP' : `SIZE d${i}`,
      );
      const sending = client.send(lines.map((line) => `${line}\r\n`).join(''));
      for (let i = 0; i < count; i += 3) {
        assert.ok((await client.readReply()).startsWith(`257 "/d${i}"`));
        assert.equal(await client.readReply(), '200 OK');
        assert.match(await client.readReply(), /^550 /);
      }
      await sending;
    });

    test('a line of 1 MiB is one 500, and the session stays', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      await client.send(Buffer.concat([Buffer.alloc(1_048_576, 'x'), Buffer.from('\r\nNOOP\r\n')]));
      assert.match(await client.readReply(), /^500 .*8192 bytes/);
      assert.equal(await client.readReply(), '200 OK');
    });

    test('a line may have 8192 bytes with its CRLF and not one more', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      assert.equal(await client.command(`NOOP ${'x'.repeat(8192 - 7)}`), '200 OK');
      assert.match(await client.command(`NOOP ${'x'.repeat(8193 - 7)}`), /^500 .*too long/);
    });

    test('ten overlong lines in a row end the session, nine with a good one between do not', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      const long = 'x'.repeat(10_000);
      for (let i = 0; i < 9; i += 1) assert.match(await client.command(long), /^500 /);
      assert.equal(await client.command('NOOP'), '200 OK');
      for (let i = 0; i < 9; i += 1) assert.match(await client.command(long), /^500 /);
      assert.match(await client.command(long), /^500 /);
      assert.match(await client.readReply(), /^421 /);
      client.close();
      assert.equal((await server.event('session-closed')).cause, 'bad-commands');
    });

    test('NUL, CR and LF inside a line are 500, and nothing of the line is run', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      for (const line of ['MKD a\0b', 'MKD a\rb', 'MKD a\r\0b', '\0MKD a', 'MKD a\r']) {
        assert.match(await client.command(line), /^500 /, JSON.stringify(line));
      }
      await client.send('MKD a\nMKD b\r\nMKD c\r\n');
      assert.match(await client.readReply(), /^500 .*not with LF alone/);
      assert.match(await client.readReply(), /^257 "\/c"/);
      for (const path of ['/a', '/b']) await assert.rejects(server.storage.stat(path));
      assert.doesNotMatch(JSON.stringify(server.events), /MKD a/);
    });

    test('a client that ends its lines with LF alone is told so at once, and nothing of what it sends is run', async () => {
      await using server = await startServer({ tls: 'optional', limits: { loginMs: 500 } });
      await using client = await server.connect();
      if (protection !== 'plain') await client.authTls();
      await client.send('USER user\n');
      assert.match(await client.readReply(), /^500 .*CR LF, not with LF alone/);
      for (let i = 0; i < 100; i += 1) await client.send(`PASS pass\nMKD ${'x'.repeat(100)}\n`);
      assert.match(await client.readReply(), /^421 No login within/);
      assert.deepEqual(
        server
          .eventsOf('command')
          .map(({ text }) => text)
          .filter((text) => !text.startsWith('AUTH')),
        ['(malformed line)'],
      );
      client.close();
      assert.equal((await server.event('session-closed')).cause, 'login-timeout');
    });

    test('Telnet commands are taken out, options refused, and a doubled IAC is the byte 0xFF', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      await client.send(Buffer.concat([Buffer.from('MKD a', 'latin1'), Buffer.from([255, 255]), Buffer.from('\r\n')]));
      const made = await client.readReply();
      assert.match(made, /^257 /);
      const names: string[] = [];
      for await (const batch of server.storage.list('/')) names.push(...batch.map((entry) => entry.name));
      assert.deepEqual(names, ['a\udcff']);
      await client.send(Buffer.concat([Buffer.from([255, 244, 255, 242]), Buffer.from('NOOP\r\n')]));
      assert.equal(await client.readReply(), '200 OK');
      await client.send(Buffer.from([255, 251, 1, 255, 253, 3]));
      const answer = await client.control.take((unread) => (unread.length >= 6 ? 6 : undefined), 'the refusals');
      assert.deepEqual([...answer], [255, 254, 1, 255, 252, 3]);
      assert.equal(await client.command('NOOP'), '200 OK');
    });

    test('a line of HTTP or SMTP before login ends the session, and what follows it is not read', async () => {
      for (const line of [
        'GET / HTTP/1.1',
        'POST /a HTTP/1.0',
        'EHLO mail',
        'HELO mail',
        'Host: localhost',
        'SSH-2.0-x',
      ]) {
        await using server = await startServer({ tls: 'optional' });
        await using client = await server.connect();
        if (protection !== 'plain') await client.authTls();
        await client.send(`${line}\r\nUSER user\r\nPASS pass\r\nMKD evil\r\n`);
        assert.match(await client.readReply(), /^421 /, line);
        client.close();
        assert.equal((await server.event('session-closed')).cause, 'other-protocol', line);
        assert.equal(
          server.eventsOf('command').some((event) => event.text.startsWith('USER')),
          false,
        );
      }
    });

    test('TLS where a command is expected ends the session', async () => {
      const hello = Buffer.from('16030100a5010000a10303', 'hex');
      for (const pieces of [[hello], [hello.subarray(0, 1), hello.subarray(1)]]) {
        await using server = await startServer({ tls: 'optional' });
        await using client = await server.connect();
        if (protection !== 'plain') await client.authTls();
        for (const piece of pieces) await client.send(piece);
        assert.match(await client.readReply(), /^421 /);
        client.close();
        assert.equal((await server.event('session-closed')).cause, 'other-protocol');
      }
    });

    test('20 bad commands before login end the session, and after login they do not', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.connect();
      if (protection !== 'plain') await client.authTls();
      for (let i = 0; i < 20; i += 1) assert.match(await client.command(i % 2 === 0 ? 'XYZZY' : 'a\0b'), /^500 /);
      assert.match(await client.readReply(), /^421 /);
      client.close();
      assert.equal((await server.event('session-closed')).cause, 'bad-commands');
      await using user = await server.session({ protection });
      for (let i = 0; i < 30; i += 1) assert.match(await user.command('XYZZY'), /^500 /);
    });

    test('an unknown verb is 500, a known one that is missing 502, an odd argument 501', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      for (const line of ['XYZZY', 'XYZZY a', 'NOOPE', '', ' NOOP', 'ÄÖÜ']) {
        assert.match(await client.command(line), /^500 /, JSON.stringify(line));
      }
      assert.match(await client.command('ADAT x'), /^502 /);
      for (const line of ['PWD x', 'CDUP x', 'SYST x', 'QUIT x', 'TYPE', 'TYPE Q', 'STRU', 'MODE', 'REST', 'REST x']) {
        assert.match(await client.command(line), /^501 /, line);
      }
      for (const line of [
        'RETR',
        'STOR',
        'APPE',
        'CWD',
        'MKD',
        'RMD',
        'DELE',
        'RNFR',
        'RNTO',
        'SIZE',
        'MDTM',
        'USER',
        'OPTS',
      ]) {
        assert.match(await client.command(line), /^501 /, line);
      }
    });

    test('verbs may be written in any case', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      assert.equal(await client.command('nOoP'), '200 OK');
      assert.match(await client.command('pwd'), /^257 /);
    });

    test('commands in front of the end of the line are still answered', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      await client.send('MKD a\r\nMKD b\r\nPWD\r\n');
      if (protection === 'plain') client.control.fin();
      else client.control.closeNotifyThenFin();
      for (const reply of [/^257 "\/a"/, /^257 "\/b"/, /^257 "\/" /]) assert.match(await client.readReply(), reply);
      const ended = await client.control.ended;
      assert.equal(ended.how, protection === 'plain' ? 'fin' : 'close-notify');
      const expected = protection === 'plain' ? 'control-fin' : 'control-close-notify';
      assert.equal((await server.event('session-closed')).cause, expected);
    });

    test('QUIT is answered, and the line ends in good order', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      await client.send('QUIT\r\nMKD late\r\n');
      assert.match(await client.readReply(), /^221 /);
      assert.equal((await client.control.ended).how, protection === 'plain' ? 'fin' : 'close-notify');
      client.close();
      assert.equal((await server.event('session-closed')).cause, 'quit');
      await assert.rejects(server.storage.stat('/late'));
    });

    test('a client that never reads its replies is cut', async () => {
      await using server = await startServer({ tls: 'optional' });
      await using client = await server.session({ protection });
      client.control.pause();
      const helps = Array.from({ length: 4000 }, () => Buffer.from('HELP\r\n'.repeat(20)));
      const poured = client.control.pour(helps).catch(() => 0);
      assert.equal((await server.event('session-closed')).cause, 'overflow');
      client.control.resume();
      await poured;
    });
  });
}

describe('the greeting', () => {
  test('comes at once and may have several lines', async () => {
    await using server = await startServer({ welcome: ['one', 'two', '', '220 four'] });
    await using client = await server.connect();
    assert.deepEqual(server.dialogue(), ['< 220 one|two||220 four']);
    await using other = await ScriptedClient.connect({ port: server.port });
    assert.equal(await other.readReply(), '220-one\n220-two\n220-\n220 220 four');
    assert.equal(await client.command('NOOP'), '200 OK');
  });

  test('is 421 with the reason when there are too many sessions', async () => {
    await using server = await startServer({ limits: { maxSessions: 1 } });
    await using first = await server.connect();
    await using second = await ScriptedClient.connect({ port: server.port });
    assert.match(await second.readReply(), /^421 Too many sessions/);
    assert.equal((await second.control.ended).how, 'fin');
    assert.equal(await first.command('NOOP'), '200 OK');
  });
});

describe('TCP keepalive', { skip: process.platform === 'linux' ? false : 'no /proc' }, () => {
  test('watches both lines', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const line = await client.openPassive({ tls: true });
    await line.secured;
    const hex = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const timerOf = ({ raw }: WatchedLine): string => {
      const ours = `${hex(raw.remotePort ?? 0)} 0100007F${hex(raw.localPort ?? 0)} 01 `;
      const row = readFileSync('/proc/self/net/tcp', 'latin1')
        .split('\n')
        .find((text) => text.includes(ours));
      return row?.split(ours)[1]?.split(' ')[1]?.slice(0, 2) ?? 'gone';
    };
    // Timer 1 waits for an acknowledgement; on an idle connection with keepalive it is number 2.
    for (const watched of [client.control, line]) {
      while (timerOf(watched) === '01') await sleep(10);
      assert.equal(timerOf(watched), '02');
    }
  });
});

describe('text in clear on an implicit listener', () => {
  test('ends the session without a word', async () => {
    await using server = await startServer();
    await using client = await ScriptedClient.connect({ port: server.implicitPort });
    await client.send('USER user\r\n');
    assert.equal((await server.event('session-closed')).cause, 'tls-failed');
    assert.deepEqual(server.dialogue(), []);
  });
});
