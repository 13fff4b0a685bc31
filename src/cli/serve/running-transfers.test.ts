import { test } from 'node:test';
import assert from 'node:assert/strict';
import { cutTransfer, event, noteEvents, user } from '../../../test/fixtures/log-events.ts';
import { RunningTransfers } from './running-transfers.ts';

test('a transfer is running from its first reply to its record', () => {
  const running = new RunningTransfers();
  const seen = noteEvents.map((one) => {
    running.take(one);
    return running.list();
  });
  const name = 'user from 5.79.21.166 (RETR c2900-universalk9-mz.SPA.152-1.T.bin)';
  const begin = noteEvents.findIndex((one) => one.type === 'reply' && one.code === 150);
  const end = noteEvents.findIndex((one) => one.type === 'transfer');
  assert.deepEqual(
    seen,
    seen.map((_, index) => (index >= begin && index < end ? [name] : [])),
  );
});

test('a command in the middle of a transfer does not rename it, and the end of the session ends it', () => {
  const running = new RunningTransfers();
  running.take(event({ type: 'command', text: 'STOR a\u001b', ...user }));
  running.take(event({ type: 'reply', code: 150, lines: ['ok'], sent: true, ...user }));
  running.take(event({ type: 'command', text: 'NOOP', ...user }));
  running.take(event({ type: 'reply', code: 200, lines: ['ok'], sent: true, ...user }));
  assert.deepEqual(running.list(), ['user from 5.79.21.166 (STOR a\\x1B)']);
  running.take(event({ type: 'session-closed', cause: 'control-reset', detail: '', ...user }));
  assert.deepEqual(running.list(), []);
  running.take(event({ type: 'transfer', transfer: cutTransfer, ...user }));
  assert.deepEqual(running.list(), []);
});

test('a transfer that the drain cuts is kept by its name, and no other', () => {
  const running = new RunningTransfers();
  const transferred = (cause: 'drain' | 'control-reset'): void => {
    running.take(event({ type: 'command', text: `STOR ${cause}`, ...user }));
    running.take(event({ type: 'reply', code: 150, lines: ['ok'], sent: true, ...user }));
    running.take(event({ type: 'transfer', transfer: { ...cutTransfer, cause }, ...user }));
  };
  transferred('control-reset');
  assert.deepEqual(running.listCut(), []);
  transferred('drain');
  assert.deepEqual(running.listCut(), ['user from 5.79.21.166 (STOR drain)']);
});

test('a transfer that goes with its process during the drain is cut, and one that went before is not', () => {
  const running = new RunningTransfers();
  const lost = (name: string): void => {
    running.take(event({ type: 'command', text: `STOR ${name}`, ...user }));
    running.take(event({ type: 'reply', code: 150, lines: ['ok'], sent: true, ...user }));
    running.take(event({ type: 'session-closed', cause: 'worker-lost', detail: '', ...user }));
  };
  lost('before');
  running.take(event({ type: 'draining', sessions: 1, transfers: 1 }));
  lost('during');
  assert.deepEqual(running.listCut(), ['user from 5.79.21.166 (STOR during)']);
});
