import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  cutTransfer,
  event,
  hostileEvents,
  noteEvents,
  failedLine,
  noteTime,
  stranger,
  user,
} from '../../../test/fixtures/log-events.ts';
import { createJsonFormat } from './json.ts';
import type { ServerEvent } from '../../server/index.ts';

const format = createJsonFormat();

function parsed(one: ServerEvent): Record<string, unknown> {
  const lines = format(one);
  assert.equal(lines.length, 1);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

describe('the JSON log', () => {
  test('has one object for each event, with level, ISO time and name', () => {
    for (const noted of noteEvents) {
      const object = parsed(noted);
      assert.equal(object['event'], noted.type);
      assert.equal(object['time'], new Date(noted.at).toISOString());
      assert.match(String(object['level']), /^(info|warn|error)$/);
      assert.ok(!('type' in object) && !('at' in object));
    }
  });

  test('tells where the server listens', () => {
    const listening = event({ type: 'listening', host: '127.0.0.1', port: 2121, mode: 'explicit' });
    assert.deepEqual(parsed(listening), {
      level: 'info',
      time: new Date(noteTime).toISOString(),
      event: 'listening',
      address: '127.0.0.1',
      port: 2121,
      mode: 'explicit',
    });
  });

  test('holds all of a data connection that failed in fields of its own, as a warning', () => {
    const object = parsed(event({ type: 'data-line-failed', line: failedLine, ...user }));
    assert.deepEqual([object['level'], object['event'], object['cause']], ['warn', 'data-line-failed', 'nobody-came']);
    assert.deepEqual([object['refusedPeers'], object['expectedPeer']], [['10.0.0.1'], '5.79.21.166']);
  });

  test('calls a worker that dies an error, and each session that it takes along a warning', () => {
    const lost = { worker: 1, pid: 7, sessions: 1, detail: 'it was ended by SIGKILL', restartMs: 100 };
    assert.equal(parsed(event({ type: 'worker-lost', ...lost }))['level'], 'error');
    const closed = (cause: 'worker-lost' | 'quit') =>
      parsed(event({ type: 'session-closed', cause, detail: '', ...user }))['level'];
    assert.deepEqual([closed('worker-lost'), closed('quit')], ['warn', 'info']);
  });

  test('holds all of a transfer in fields of its own', () => {
    const object = parsed(event({ type: 'transfer', transfer: cutTransfer, ...user }));
    assert.equal(object['level'], 'warn');
    assert.equal(object['user'], 'user');
    for (const [name, value] of Object.entries(cutTransfer)) assert.deepEqual(object[name], value, name);
  });

  test('masks a password that the event did not mask', () => {
    assert.equal(parsed(event({ type: 'command', text: 'PASS geheim', ...stranger }))['text'], 'PASS ********');
  });

  test('keeps the stack of an internal error', () => {
    const object = parsed(event({ type: 'internal-error', reference: 'ab12', error: new TypeError('x'), ...user }));
    assert.equal(object['level'], 'error');
    assert.match(JSON.stringify(object['error']), /"name":"TypeError","message":"x","stack":"TypeError: x\\n/);
    const swept = parsed(event({ type: 'sweep-failed', error: new Error('disk') }));
    assert.equal((swept['error'] as Error).message, 'disk');
  });

  test('gives nobody a line of their own and loses nothing', () => {
    for (const hostile of hostileEvents) {
      assert.doesNotMatch(format(hostile)[0] ?? '', /\p{Cc}/u);
      const object = parsed(hostile);
      if (hostile.type === 'transfer') assert.equal(object['path'], hostile.transfer.path);
    }
  });

  test('keeps bytes of a name that are not UTF-8', () => {
    assert.equal(parsed(event({ type: 'command', text: 'CWD \udcff', ...user }))['text'], 'CWD \\xFF');
    const transfer = { ...cutTransfer, path: '/\udcff' };
    assert.equal(parsed(event({ type: 'transfer', transfer, ...user }))['path'], '/\udcff');
  });
});
