/** Words of errors that clients and logs get. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorWords } from './error-words.ts';

const openSslMessage =
  '40BDEB76B57F0000:error:0A0001BB:SSL routines:tls_get_more_records:bad record type:../deps/openssl/record.c:684:\n';

describe('the words of an error', () => {
  test('are the reason of OpenSSL, never its thread and source file', () => {
    const error = Object.assign(new Error(openSslMessage), {
      code: 'ERR_SSL_BAD_RECORD_TYPE',
      reason: 'bad record type',
    });
    assert.equal(errorWords(error), 'bad record type');
  });

  test('are the code where OpenSSL gives no reason', () => {
    assert.equal(errorWords(Object.assign(new Error(openSslMessage), { code: 'ERR_SSL_X' })), 'ERR_SSL_X');
    assert.equal(errorWords(new Error(openSslMessage)), 'TLS error');
  });

  test('are the message of any other error', () => {
    assert.equal(errorWords(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })), 'read ECONNRESET');
  });
});
