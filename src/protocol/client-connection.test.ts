import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { latin1, runEveryWay } from '../../test/fixtures/every-way.ts';
import { LocalProtocolError, PeerProtocolError } from '../errors/index.ts';
import { ClientConnection } from './client-connection.ts';
import type { SessionEvent } from './state/events.ts';
import type { SessionState } from './state/tables.ts';

function drain(connection: ClientConnection, piece: Uint8Array): string[] {
  connection.receive(piece);
  const seen: string[] = [];
  for (;;) {
    const event = connection.nextEvent();
    if (event === undefined) return seen;
    const { reply, command, isFinal } = event;
    seen.push(`${command?.display ?? '-'}${isFinal ? '=' : '~'}${reply.code} ${reply.lines.join('/')}`);
  }
}

/** A connection on which these commands were sent. */
function sent(...commands: readonly string[]): ClientConnection {
  const connection = new ClientConnection();
  for (const command of commands) send(connection, command);
  return connection;
}

function send(connection: ClientConnection, command: string): Uint8Array {
  const [verb = '', ...rest] = command.split(' ');
  return connection.send(verb, rest.length === 0 ? undefined : rest.join(' '));
}

/** The state after commands and the replies to them, one each, behind events that led there. */
function stateAfter(dialogue: readonly [command: string, reply: string][], ...before: SessionEvent[]): SessionState {
  const connection = new ClientConnection();
  for (const event of before) connection.fire(event);
  for (const [command, reply] of dialogue) {
    send(connection, command);
    assert.equal(drain(connection, latin1(`${reply}\r\n`)).length, 1);
  }
  return connection.state;
}

describe('ClientConnection', () => {
  test('writes commands, 0xFF doubled, and sends nothing that holds a line end', () => {
    const connection = new ClientConnection();
    assert.deepEqual(connection.send('RETR', 'a\udcff'), latin1('RETR a\xff\xff\r\n'));
    assert.deepEqual(connection.send('PWD'), latin1('PWD\r\n'));
    for (const argument of ['a\r\nDELE b', 'a\n', 'a\0']) {
      assert.throws(() => connection.send('RETR', argument), { code: 'ERR_TWINLINE_COMMAND_TEXT' });
    }
    assert.equal(connection.outstanding, 2);
  });

  describe('replies', () => {
    test('find their commands in order, however the bytes are cut', () => {
      const create = (): ClientConnection => sent('USER a', 'PASS secret', 'PWD');
      const replies = '331 Password\r\n230-Hello\r\n 230 x\r\n230 Done\r\n257 "/"\r\n';
      assert.deepEqual(runEveryWay(create, latin1(replies), drain, { behind: latin1('421 Bye\r\n') }), [
        'USER a=331 Password',
        'PASS ********=230 Hello/ 230 x/Done',
        'PWD=257 "/"',
      ]);
    });

    test('of the first hundred are not the last word', () => {
      const connection = sent('RETR a', 'NOOP');
      assert.deepEqual(drain(connection, latin1('150 Here\r\n110 Mark\r\n226 Done\r\n200 Yes\r\n')), [
        'RETR a~150 Here',
        'RETR a~110 Mark',
        'RETR a=226 Done',
        'NOOP=200 Yes',
      ]);
      assert.equal(connection.outstanding, 0);
    });

    test('that nobody asked for belong to no command: the greeting, a late 421', () => {
      const connection = new ClientConnection();
      assert.deepEqual(drain(connection, latin1('120 Soon\r\n220 Hello\r\n')), ['-~120 Soon', '-=220 Hello']);
      assert.deepEqual(drain(connection, latin1('421 Too long\r\n')), ['-=421 Too long']);
    });

    test('may carry Telnet and a doubled 0xFF', () => {
      const create = (): ClientConnection => sent('PWD', 'NOOP');
      assert.deepEqual(runEveryWay(create, latin1('257 "/\xff\xff"\r\n\xff\xf1200 \xff\xfb\x01ok\r\n'), drain), [
        'PWD=257 "/\udcff"',
        'NOOP=200 ok',
      ]);
    });

    test('that are none, or have no end, are the fault of the server', () => {
      const notFtp = new ClientConnection();
      notFtp.receive(latin1('HTTP/1.1 200 OK\r\n'));
      assert.throws(() => notFtp.nextEvent(), PeerProtocolError);
      const endless = new ClientConnection({ maxReplyBytes: 100 });
      endless.receive(latin1(`220-${'x'.repeat(100)}`));
      assert.throws(() => endless.nextEvent(), { code: 'ERR_TWINLINE_REPLY_TOO_LONG' });
    });
  });

  describe('the change to TLS', () => {
    test('lets no command out between the 234 and the handshake', () => {
      const connection = sent('AUTH TLS');
      drain(connection, latin1('234 Go on\r\n'));
      assert.equal(connection.state.security, 'upgrading');
      assert.throws(() => connection.send('USER', 'a'), LocalProtocolError);
      connection.fire('tls-established');
      assert.equal(connection.state.security, 'tls');
      assert.deepEqual(connection.send('PBSZ', '0'), latin1('PBSZ 0\r\n'));
    });

    test('lets no command out while AUTH waits for its reply', () => {
      const connection = sent('AUTH TLS');
      assert.throws(() => connection.send('USER', 'a'), { code: 'ERR_TWINLINE_CALL_ORDER' });
      assert.equal(connection.outstanding, 1);
      drain(connection, latin1('504 Unknown\r\n'));
      assert.deepEqual(connection.send('AUTH', 'SSL'), latin1('AUTH SSL\r\n'));
    });

    test('shows bytes in clear behind the 234 as pending, half a Telnet command included', () => {
      for (const behind of ['230 Logged in\r\n', '2', '\r\n', '\xff', '\xff\xfa\x01', '\xff\xfb']) {
        const connection = sent('AUTH TLS');
        connection.receive(latin1(`234 Go on\r\n${behind}`));
        assert.equal(connection.nextEvent()?.reply.code, 234);
        assert.ok(connection.pendingBytes > 0, JSON.stringify(behind));
      }
      const clean = sent('AUTH TLS');
      assert.equal(drain(clean, latin1('234 Go on\r\n')).length, 1);
      assert.equal(clean.pendingBytes, 0);
    });

    test('forgets bytes that came in clear', () => {
      for (const behind of ['230-Log', '\xff', '\xff\xfa']) {
        const connection = sent('AUTH TLS');
        connection.receive(latin1(`234 Go on\r\n${behind}`));
        connection.nextEvent();
        connection.fire('tls-established');
        connection.send('PWD');
        assert.deepEqual(drain(connection, latin1('257 "/"\r\n')), ['PWD=257 "/"']);
      }
    });

    test('back to clear forgets what came under TLS, and has no way back', () => {
      const connection = new ClientConnection();
      connection.fire('tls-established');
      connection.send('CCC');
      connection.receive(latin1('200 Clear\r\n230-Half a rep'));
      assert.equal(connection.nextEvent()?.reply.code, 200);
      assert.equal(connection.state.security, 'cleared');
      assert.equal(connection.pendingBytes, 0);
      connection.send('AUTH', 'TLS');
      assert.deepEqual(drain(connection, latin1('234 Go on\r\n')), ['AUTH TLS=234 Go on']);
      assert.equal(connection.state.security, 'cleared');
    });
  });

  describe('the state follows the replies', () => {
    const cases: readonly [string, readonly [string, string][], Partial<SessionState>, ...SessionEvent[]][] = [
      ['USER that needs a password', [['USER a', '331 P']], { login: 'named' }],
      ['USER that needs an account', [['USER a', '332 A']], { login: 'named' }],
      ['USER that needs nothing', [['USER a', '230 In']], { login: 'in' }],
      ['USER refused', [['USER a', '530 No']], { login: 'greeted' }, 'user-named'],
      ['PASS accepted', [['PASS b', '230 In']], { login: 'in' }, 'user-named'],
      ['PASS superfluous', [['PASS b', '202 In']], { login: 'in' }, 'user-named'],
      ['PASS that needs ACCT', [['PASS b', '332 A']], { login: 'named' }, 'user-named'],
      ['PASS refused', [['PASS b', '530 No']], { login: 'greeted' }, 'user-named'],
      ['ACCT accepted', [['ACCT b', '230 In']], { login: 'in' }, 'user-named'],
      ['REIN', [['REIN', '220 New']], { login: 'greeted' }, 'login-accepted'],
      ['REIN refused', [['REIN', '502 No']], { login: 'in' }, 'login-accepted'],
      ['AUTH', [['AUTH TLS', '234 Go']], { security: 'upgrading' }],
      ['AUTH refused', [['AUTH TLS', '500 No']], { security: 'plain' }],
      ['PBSZ', [['PBSZ 0', '200 Yes']], { protection: 'buffer-set' }, 'tls-established'],
      ['PROT P', [['PROT p', '200 Yes']], { protection: 'private' }, 'tls-established', 'buffer-size-set'],
      ['PROT C', [['PROT C', '200 Yes']], { protection: 'clear' }, 'tls-established', 'buffer-size-set'],
      ['PROT P refused', [['PROT P', '536 No']], { protection: 'buffer-set' }, 'tls-established', 'buffer-size-set'],
      ['PROT without PBSZ', [['PROT P', '200 Yes']], { protection: 'unset' }, 'tls-established'],
      ['EPSV', [['EPSV', '229 (|||1|)']], { data: 'listening', openers: 'any' }],
      ['EPSV ALL', [['EPSV all', '200 Yes']], { data: 'none', openers: 'epsv-only' }],
      ['EPSV refused', [['EPSV', '522 (2)']], { data: 'none' }],
      ['PASV', [['PASV', '227 (1,2,3,4,5,6)']], { data: 'listening' }],
      ['PORT', [['PORT 1,2,3,4,5,6', '200 Yes']], { data: 'address-given' }],
      ['EPRT', [['EPRT |1|1.2.3.4|5|', '200 Yes']], { data: 'address-given' }],
      ['REST', [['REST 7', '350 Yes']], { pending: 'restart-offset' }],
      ['REST refused', [['REST 7', '502 No']], { pending: 'none' }],
      ['RNFR', [['RNFR a', '350 Yes']], { pending: 'rename-source' }],
      ['RNTO', [['RNTO b', '553 No']], { pending: 'none' }, 'rename-source-given'],
      ['a verb in lower case', [['user a', '331 P']], { login: 'named' }],
      ['a verb without a meaning here', [['NOOP', '200 Yes']], {}],
    ];
    for (const [name, dialogue, expected, ...before] of cases) {
      test(`to ${name}`, () => {
        const state = stateAfter(dialogue, ...before);
        assert.deepEqual({ ...state, ...expected }, state);
      });
    }

    test('not to a reply of the first hundred', () => {
      const connection = sent('USER a');
      drain(connection, latin1('120 Soon\r\n'));
      assert.equal(connection.state.login, 'greeted');
    });
  });
});
