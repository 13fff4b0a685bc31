import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { type ProxyEvent, ProxyEvents } from './proxy-event.ts';

describe('the events of a proxy', () => {
  test('come in the order of their times, whichever session they are of', async () => {
    const told: ProxyEvent[] = [];
    const events = new ProxyEvents((event) => told.push(event));
    events.bytes(1, 'data 1', 'server', 10);
    events.bytes(2, 'data 1', 'client', 1);
    events.bytes(1, 'data 1', 'server', 5);
    await new Promise((resolve) => setTimeout(resolve, 2));
    events.add(2, { kind: 'note', text: 'something' });
    events.bytes(1, 'data 1', 'server', 7);
    events.flush();
    assert.deepEqual(
      told.map((event) => [event.session, event.kind === 'bytes' ? event.bytes : event.kind]),
      [
        [1, 15],
        [2, 1],
        [2, 'note'],
        [1, 7],
      ],
    );
    const times = told.map(({ atMs }) => atMs);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
  });

  test('tell of bytes by themselves where nothing follows: a line that stands still is seen', async () => {
    const { promise, resolve } = Promise.withResolvers<ProxyEvent>();
    new ProxyEvents(resolve).bytes(1, 'data 1', 'server', 10);
    const event = await promise;
    assert.equal(event.kind === 'bytes' ? event.bytes : event.kind, 10);
  });
});
