import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { pumpBufferBytes } from './pump.ts';
import { countTransfer, goOnInTurn, isCrowded, maxShareBytes, pieceBytes } from './turn-share.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the shares of transfers in a turn', () => {
  const ends: (() => void)[] = [];
  const begin = (count: number): void => {
    for (let left = count; left > 0; left -= 1) ends.push(countTransfer());
  };
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  test('are whole buffers as long as there are few', () => {
    begin(16);
    assert.equal(isCrowded(), false);
    assert.equal(pieceBytes(), pumpBufferBytes);
  });

  test('shrink with the number of transfers, down to one record of TLS', () => {
    let last = pieceBytes();
    for (const more of [16, 33, 51, 100, 300, 1500]) {
      begin(more);
      const piece = pieceBytes();
      assert.ok(piece <= last && piece >= 16_384 && piece % 16_384 === 0, `${piece} bytes for ${ends.length}`);
      last = piece;
    }
    assert.equal(last, 16_384);
  });

  test('are whole again when the transfers are over', () => {
    begin(17);
    assert.equal(isCrowded(), true);
    ends.pop()?.();
    assert.equal(isCrowded(), false);
  });

  test('go round: who asks again stands behind those who wait', async () => {
    const order: number[] = [];
    const ask = (name: number, times: number): void =>
      goOnInTurn(() => {
        order.push(name);
        if (times > 1) ask(name, times - 1);
      });
    const lines = Array.from({ length: 100 }, (_, index) => index);
    for (const name of lines) ask(name, 2);
    const perTurn: number[] = [];
    for (let before = 0; order.length < 200; before = order.length) {
      await turn();
      perTurn.push(order.length - before);
    }
    assert.deepEqual(order, [...lines, ...lines]);
    assert.ok(Math.max(...perTurn) * maxShareBytes <= 4 * 1024 * 1024, `${Math.max(...perTurn)} in a turn`);
  });
});
