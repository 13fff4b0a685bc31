import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { Connection } from './connections.ts';
import { type DeclaredSession, ftpSessions } from './ftp-sessions.ts';
import type { SocketOwner } from './socket-owners.ts';
import type { TcpState } from './tcp-state.ts';

const end = (text: string) => {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
};

/** `vsftpd/10>1#5`: process 10, child of 1, descriptor 5. */
function ownerOf(text: string): SocketOwner {
  const [, name = '', pid, , parent = '1', descriptor] = /^(.*)\/(\d+)(>(\d+))?#(\d+)$/.exec(text) ?? assert.fail(text);
  return { name, pid: Number(pid), parent: Number(parent), descriptor: Number(descriptor) };
}

let inode = 0;

function connection(ends: string, owners: string, state: TcpState = 'ESTABLISHED'): Connection {
  const [local = '', remote = ''] = ends.split(' ');
  inode += 1;
  const timer = { kind: 'off', expiresMs: 0 } as const;
  const addresses = { local: end(local), remote: end(remote) };
  const counts = { retransmits: 0, receiveQueue: 0, sendQueue: 0, uid: 0, inode, interfaceIndex: 0 };
  const socket = { family: 2, ...addresses, state, timer, ...counts } as const;
  return { socket, ...addresses, owners: owners === '' ? [] : owners.split(' ').map(ownerOf), user: 'root' };
}

const listener = (address: string, owner: string) => connection(`${address} 0.0.0.0:0`, owner, 'LISTEN');

/** `control 1: a, data b` with `?` where it is inferred. */
function told(connections: readonly Connection[], declared: readonly DeclaredSession[] = []): readonly string[] {
  return ftpSessions(connections, declared).map(({ control, data, passive, unknown }) => {
    const portsOf = (thing: { readonly ends: readonly Connection[] }) =>
      Math.min(...thing.ends.flatMap(({ local, remote }) => [local.port, remote.port]));
    const mark = (how: string) => (how === 'told' ? '' : '?');
    return [
      control === undefined ? 'none' : `control ${portsOf(control.thing)}${mark(control.how)}`,
      ...data.map(({ thing, how }) => `data ${portsOf(thing)}${mark(how)}`),
      ...passive.map(({ thing, how }) => `passive ${thing.local.port}${mark(how)}`),
      ...unknown.map(({ thing, how }) => `unknown ${portsOf(thing)}${mark(how)}`),
    ].join(', ');
  });
}

describe('FTP sessions among the connections', () => {
  test('of the field note: curl on a client, with ports that say nothing', () => {
    const [first, second] = [
      connection('5.79.21.166:45707 5.79.17.48:8000', 'curl/5546#5'),
      connection('5.79.21.166:43796 5.79.17.48:8011', 'curl/5546#6'),
    ];
    assert.deepEqual(told([second, first]), ['control 8000?, data 8011?']);
    const [session] = ftpSessions([first, second]);
    assert.equal(session?.control?.reason, 'curl/5546 opened it first of several to this host');
  });

  test('of a server that listens for data in a process of the session, both ends on one machine', () => {
    const shown = [
      listener('0.0.0.0:2021', 'vsftpd/1>0#3'),
      listener('127.0.0.1:5001', 'vsftpd/10#4'),
      connection('127.0.0.1:2021 127.0.0.1:40000', 'vsftpd/10#0 vsftpd/11>10#0'),
      connection('127.0.0.1:40000 127.0.0.1:2021', 'curl/20#5'),
      connection('127.0.0.1:5001 127.0.0.1:40001', 'vsftpd/11>10#3'),
      connection('127.0.0.1:40001 127.0.0.1:5001', 'curl/20#6'),
    ];
    assert.deepEqual(told(shown), ['control 2021?, data 5001?, passive 5001?']);
    const withoutControl = shown.filter(({ local, remote, socket }) => {
      return socket.state === 'LISTEN' || (local.port !== 2021 && remote.port !== 2021);
    });
    assert.deepEqual(told(withoutControl), ['none, data 5001?'], 'the data line that is left is no control line');
  });

  test('of a server that listens no more: a line that is left alone may be either, but not from the port for data', () => {
    const shown = [
      connection('127.0.0.1:2021 127.0.0.1:40000', 'proftpd/10#0'),
      connection('127.0.0.1:5001 127.0.0.2:40001', 'proftpd/11#3'),
      connection('127.0.0.1:20 127.0.0.3:40001', 'proftpd/12#3'),
    ];
    assert.deepEqual(told(shown), ['none, unknown 2021?', 'none, unknown 5001?', 'none, data 20?']);
  });

  test('of two clients on one server process: each data line finds its own', () => {
    const shown = [
      listener('10.0.0.1:21', 'pyftpdlib/1#3'),
      connection('10.0.0.1:21 10.0.0.2:40000', 'pyftpdlib/1#5'),
      connection('10.0.0.1:21 10.0.0.3:40000', 'pyftpdlib/1#6'),
      connection('10.0.0.1:6001 10.0.0.3:40001', 'pyftpdlib/1#7'),
    ];
    assert.deepEqual(told(shown), ['control 21?', 'control 21?, data 6001?']);
  });

  test('says so where another control line could be meant', () => {
    const shown = [
      connection('10.0.0.1:21 10.0.0.2:40000', 'proftpd/1#5'),
      connection('10.0.0.1:21 10.0.0.2:40002', 'proftpd/1#7'),
      connection('10.0.0.1:6001 10.0.0.2:40001', 'proftpd/1#8'),
    ];
    assert.deepEqual(told(shown), ['control 21?', 'control 21?, data 6001?']);
    assert.match(ftpSessions(shown)[1]?.data[0]?.reason ?? '', /1 other control line could be meant$/);
  });

  test('are none where nothing speaks for FTP: a browser, curl with one connection or two to one port', () => {
    const shown = [
      connection('10.0.0.2:40000 10.0.0.9:443', 'firefox/1#5'),
      connection('10.0.0.2:40001 10.0.0.9:8443', 'firefox/1#6'),
      connection('10.0.0.2:40002 10.0.0.9:443', 'curl/2#5'),
      connection('10.0.0.2:40003 10.0.0.9:443', 'curl/2#6'),
      connection('10.0.0.2:40004 10.0.0.8:443', 'curl/3#5'),
      connection('10.0.0.2:40005 10.0.0.2:5432', ''),
    ];
    assert.deepEqual(told(shown), []);
  });

  test('are those that programs tell of, whatever else could be thought', () => {
    const shown = [
      listener('127.0.0.1:6002', 'twinline/1#9'),
      connection('127.0.0.1:7000 127.0.0.1:40000', 'twinline/1#5'),
      connection('127.0.0.1:40000 127.0.0.1:7000', 'curl/2#5'),
      connection('127.0.0.1:6001 127.0.0.1:40001', 'twinline/1#7'),
      connection('127.0.0.1:40001 127.0.0.1:6001', 'curl/2#6'),
    ];
    const line = (local: string, remote: string) => ({ local: end(local), remote: end(remote) });
    const declared: DeclaredSession = {
      by: 'twinline serve, session 1',
      pid: 1,
      control: line('127.0.0.1:7000', '127.0.0.1:40000'),
      data: [line('127.0.0.1:6001', '127.0.0.1:40001')],
      passive: [{ host: '127.0.0.1', port: 6002 }],
    };
    assert.deepEqual(told(shown, [declared]), ['control 7000, data 6001, passive 6002']);
    assert.deepEqual(told(shown, [{ ...declared, pid: 99 }]), ['control 7000, data 6001']);
    const gone: DeclaredSession = { ...declared, control: line('127.0.0.1:1', '127.0.0.1:2'), data: [], passive: [] };
    assert.deepEqual(told([], [gone]), []);
  });
});
