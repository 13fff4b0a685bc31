import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { TicketPool } from './tls-tickets.ts';

const ticket = (name: string) => Buffer.from(name);

describe('the pool of TLS sessions', () => {
  test('gives each ticket of TLS 1.3 once, newest first, and then the last one again', () => {
    const pool = new TicketPool();
    assert.equal(pool.take(), undefined);
    for (const name of ['a', 'b', 'c']) pool.add(ticket(name), 'once');
    const taken = [1, 2, 3, 4, 5].map(() => pool.take()?.toString());
    assert.deepEqual(taken, ['c', 'b', 'a', 'a', 'a']);
    pool.add(ticket('d'), 'once');
    assert.equal(pool.take()?.toString(), 'd');
  });

  test('gives a session of TLS 1.2 as often as it is asked for', () => {
    const pool = new TicketPool();
    pool.add(ticket('a'), 'often');
    pool.add(ticket('b'), 'often');
    assert.deepEqual([pool.take()?.toString(), pool.take()?.toString()], ['b', 'b']);
  });

  test('keeps few', () => {
    const pool = new TicketPool();
    for (let index = 0; index < 1000; index += 1) pool.add(ticket(String(index)), 'once');
    const distinct = new Set(Array.from({ length: 1000 }, () => pool.take()?.toString()));
    assert.ok(distinct.size <= 8);
  });
});
