import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { array, assert as assertProperty, boolean, integer, nat, property, record } from 'fast-check';
import { Crowd } from './crowd.ts';

describe('a crowd', () => {
  test('lets the oldest of an address go when that address is over its bound', () => {
    const crowd = new Crowd<string>(() => ({ max: 10, maxPerAddress: 2 }));
    assert.equal(crowd.join('a1', 'a', false), undefined);
    assert.equal(crowd.join('b1', 'b', false), undefined);
    assert.equal(crowd.join('a2', 'a', false), undefined);
    assert.equal(crowd.join('a3', 'a', false), 'a1');
    assert.equal(crowd.size, 3);
  });

  test('lets the oldest of the most numerous address go when it is full, whoever comes', () => {
    const crowd = new Crowd<string>(() => ({ max: 4, maxPerAddress: 3 }));
    for (const member of ['honest', 'x1', 'x2', 'x3']) crowd.join(member, member[0] ?? '', false);
    assert.equal(crowd.join('late', 'l', false), 'x1');
    assert.equal(crowd.join('x4', 'x', false), 'x2');
    crowd.leave('honest');
    assert.equal(crowd.join('x5', 'x', false), undefined);
  });

  test('bounds an exempt address by the whole only', () => {
    const crowd = new Crowd<number>(() => ({ max: 5, maxPerAddress: 1 }));
    for (let member = 0; member < 5; member += 1) assert.equal(crowd.join(member, 'local', true), undefined);
    assert.equal(crowd.join(5, 'local', true), 0);
  });

  test('takes a member once, and lets nobody leave twice', () => {
    const crowd = new Crowd<string>(() => ({ max: 1, maxPerAddress: 1 }));
    crowd.join('a', 'a', false);
    assert.equal(crowd.join('a', 'a', false), undefined);
    crowd.leave('a');
    crowd.leave('a');
    assert.equal(crowd.size, 0);
  });

  test('is never larger than its bounds, and an address alone in it never loses to a smaller one', () => {
    const step = record({ key: nat(5), leaves: boolean() });
    assertProperty(
      property(array(step, { maxLength: 200 }), integer({ min: 1, max: 8 }), (steps, max) => {
        const crowd = new Crowd<number>(() => ({ max, maxPerAddress: 3 }));
        const here = new Map<number, number>();
        const sizeOf = (key: number) => [...here.values()].filter((other) => other === key).length;
        for (const [member, { key, leaves }] of steps.entries()) {
          const first = here.keys().next().value;
          if (leaves && first !== undefined) {
            crowd.leave(first);
            here.delete(first);
            continue;
          }
          here.set(member, key);
          const gone = crowd.join(member, String(key), false);
          if (gone !== undefined) {
            const goneKey = here.get(gone) ?? assert.fail('gone without having been here');
            const largest = Math.max(...[...here.values()].map(sizeOf));
            assert.ok(sizeOf(goneKey) === largest || sizeOf(goneKey) > 3);
            here.delete(gone);
          }
          assert.equal(crowd.size, here.size);
          assert.ok(crowd.size <= max);
        }
      }),
    );
  });
});
