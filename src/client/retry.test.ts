import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  ConnectionLostError,
  ReplyError,
  TimeoutError,
  TlsError,
  TransferIncompleteError,
  TwinlineError,
} from '../errors/index.ts';
import { isWorthReconnect, isWorthRetry, pause, retryDelayMs } from './retry.ts';

const lost = new ConnectionLostError('ERR_TWINLINE_CONTROL_LOST', 'lost', { channel: 'control', phase: 'transfer' });
const timeout = (phase: string) =>
  new TimeoutError('ERR_TWINLINE_TIMEOUT', 'late', { channel: 'data', phase, timeoutMs: 1 });
const refused = (replyCode: number) =>
  new ReplyError('ERR_TWINLINE_REFUSED', 'no', { replyCode, replyLines: ['no'], command: 'RETR f' });
const handshake = (code: string) =>
  new TlsError('ERR_TWINLINE_TLS_HANDSHAKE', 'broken', {
    channel: 'data',
    cause: Object.assign(new Error(code), { code }),
  });
const incomplete = (bytesHere: number, bytesThere: number) =>
  new TransferIncompleteError('ERR_TWINLINE_INCOMPLETE', 'cut', {
    bytesHere,
    bytesThere,
    resumable: bytesHere < bytesThere,
  });

describe('a retry', () => {
  test('is worth it for what speaks of the connection, and not for what speaks of the file', () => {
    for (const error of [
      lost,
      timeout('stall'),
      timeout('final-reply'),
      refused(426),
      refused(425),
      refused(451),
      incomplete(1, 2),
      handshake('ECONNRESET'),
    ]) {
      assert.equal(isWorthRetry(error), true, error.message);
    }
    const final = [
      handshake('ERR_SSL_NO_SHARED_CIPHER'),
      refused(550),
      refused(553),
      incomplete(2, 1),
      timeout('data-connect'),
      new Error('x'),
    ];
    for (const error of [
      ...final,
      new TwinlineError('ERR_TWINLINE_LOCAL_FILE', 'full'),
      new TwinlineError('ERR_TWINLINE_CONNECT', 'no'),
    ]) {
      assert.equal(isWorthRetry(error), false, error.message);
    }
    assert.equal(isWorthReconnect(new TwinlineError('ERR_TWINLINE_CONNECT', 'no')), true);
    assert.equal(isWorthReconnect(new TwinlineError('ERR_TWINLINE_LOGIN_REFUSED', 'no')), false);
  });

  test('waits twice as long each time, up to a bound, and never the same for everybody', () => {
    const retry = { tries: 9, delayMs: 100, maxDelayMs: 1000 };
    const longest = [1, 2, 3, 4, 5, 6].map((attempt) => retryDelayMs(retry, attempt, () => 0));
    assert.deepEqual(longest, [100, 200, 400, 800, 1000, 1000]);
    assert.equal(
      retryDelayMs(retry, 1, () => 1),
      50,
    );
  });

  test('does not wait when the caller has given up', async () => {
    await assert.rejects(pause(60_000, AbortSignal.abort()), { code: 'ERR_TWINLINE_ABORTED' });
    await pause(1, undefined);
  });
});
