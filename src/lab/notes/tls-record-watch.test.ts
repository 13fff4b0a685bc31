import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { TlsRecordWatch } from './tls-record-watch.ts';

function record(type: number, length: number): Uint8Array {
  return Uint8Array.from([type, 3, 3, length >> 8, length & 255, ...Array.from({ length }, (_, at) => at & 255)]);
}

const whole = [record(22, 120), record(23, 4_000), record(23, 19)];

function watchOf(bytes: Uint8Array, cuts: readonly number[] = []): TlsRecordWatch {
  const watch = new TlsRecordWatch();
  let from = 0;
  for (const cut of [...cuts.toSorted((one, other) => one - other), bytes.length]) {
    watch.take(bytes.subarray(from, cut));
    from = cut;
  }
  return watch;
}

describe('the watch over TLS records', () => {
  const bytes = Buffer.concat(whole);

  test('finds the alert behind the last data, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const watch = watchOf(bytes, cuts);
        assert.equal(watch.isTls, true);
        assert.equal(watch.endsInAlert, true);
      }),
    );
  });

  test('finds none where data is last, where the alert is cut, and where there is no TLS', () => {
    assert.equal(watchOf(Buffer.concat(whole.slice(0, 2))).endsInAlert, false);
    assert.equal(watchOf(bytes.subarray(0, -1)).endsInAlert, false);
    const clear = watchOf(Buffer.from('a file in clear'));
    assert.equal(clear.isTls, false);
    assert.equal(clear.endsInAlert, false);
  });

  test('knows the alerts of TLS 1.2 by their type', () => {
    assert.equal(watchOf(Buffer.concat([record(23, 19), record(21, 26)])).endsInAlert, true);
  });
});
