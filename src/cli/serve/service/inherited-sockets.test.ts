import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ConfigError } from '../../../errors/index.ts';
import { listenersOfServer, takeInheritedSockets } from './inherited-sockets.ts';

describe('sockets that systemd hands over', () => {
  test('are told apart by the names of their units, and no child inherits them', () => {
    const environment = { LISTEN_PID: '7', LISTEN_FDS: '3', LISTEN_FDNAMES: 'explicit:implicit:explicit', OTHER: 'x' };
    assert.deepEqual(
      takeInheritedSockets(environment, 7).map(({ mode, fd }) => [mode, fd]),
      [
        ['explicit', 3],
        ['implicit', 4],
        ['explicit', 5],
      ],
    );
    assert.deepEqual(environment, { OTHER: 'x' });
  });

  test('are none when they are for another process, or when there are none', () => {
    assert.deepEqual(takeInheritedSockets({ LISTEN_PID: '8', LISTEN_FDS: '1', LISTEN_FDNAMES: 'explicit' }, 7), []);
    assert.deepEqual(takeInheritedSockets({}, 7), []);
    assert.deepEqual(takeInheritedSockets({ LISTEN_PID: '7', LISTEN_FDS: 'many' }, 7), []);
  });

  test('need a name that says how they are served', () => {
    const environment = { LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'twinline.socket' };
    assert.throws(() => takeInheritedSockets(environment, 7), {
      constructor: ConfigError,
      message: /the name "twinline\.socket".*FileDescriptorName=explicit/,
    });
  });

  test('stand in for the default addresses, and beside those that were named', () => {
    const own = { host: '127.0.0.1', port: 2121, mode: 'explicit' } as const;
    const inherited = [{ host: '', port: 0, mode: 'implicit', fd: 3 }] as const;
    const settings = { listeners: [own], namesListeners: false, tls: 'required' } as const;
    assert.deepEqual(listenersOfServer(settings, []), [own]);
    assert.deepEqual(listenersOfServer(settings, inherited), inherited);
    assert.deepEqual(listenersOfServer({ ...settings, namesListeners: true }, inherited), [own, ...inherited]);
    assert.throws(() => listenersOfServer({ ...settings, tls: 'off' }, inherited), ConfigError);
  });
});
