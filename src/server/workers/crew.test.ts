/** Which worker takes a connection, and what becomes of one that answers no more. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { UsageBook } from '../quota/usage-book.ts';
import type { SessionSurroundings } from '../session-surroundings.ts';
import { Crew, type CrewMember } from './crew.ts';

type Messages = readonly (readonly [name: string, argument: { readonly number: number }, call?: number])[];

/** A worker that answers while it is awake; of the calls it has only what is asked of it here. */
class ScriptedWorker {
  #isAwake = true;
  #unanswered: number[] = [];
  readonly connections: number[] = [];
  readonly killedFor: string[] = [];
  readonly #member: CrewMember;

  constructor(crew: Crew) {
    this.#member = crew.join({
      send: (messages) => this.#take(messages as Messages),
      kill: (reason) => void this.killedFor.push(reason),
    });
  }

  #take(messages: Messages): void {
    for (const [name, argument, call] of messages) {
      if (name === 'connection') this.connections.push(argument.number);
      if (call !== undefined) this.#unanswered.push(call);
    }
    queueMicrotask(() => this.#answer());
  }

  sleep(): void {
    this.#isAwake = false;
  }

  wake(): void {
    this.#isAwake = true;
    this.#answer();
  }

  #answer(): void {
    if (this.#isAwake) this.#member.take(this.#unanswered.splice(0).map((call) => [call, null]));
  }

  lost(): void {
    this.#member.lost('it is gone');
  }
}

describe('a worker that hangs', () => {
  test('gets no connections while there are others, is spared when it wakes, and ended within bounds', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const crew = new Crew({ book: new UsageBook(), onEvent: () => undefined, ownCounts: () => [] });
    const [first, second] = [new ScriptedWorker(crew), new ScriptedWorker(crew)];
    let number = 0;
    const connect = (): void => {
      number += 1;
      const end = { host: '127.0.0.1', port: 1 };
      const connection = { raw: new Socket(), number, implicit: false, seenAs: { remote: end, local: end } };
      crew.open(connection, { ended: () => undefined } as unknown as SessionSurroundings);
    };
    const beats = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 1) {
        t.mock.timers.tick(2_000);
        await new Promise(setImmediate);
      }
    };

    first.sleep();
    await beats(2);
    for (let left = 3; left > 0; left -= 1) connect();
    assert.deepEqual([first.connections, second.connections], [[], [1, 2, 3]]);
    await beats(12);
    first.wake();
    await beats(2);
    connect();
    assert.deepEqual(first.connections, [4]);
    first.sleep();
    await beats(15);
    assert.deepEqual(first.killedFor, []);
    await beats(1);
    assert.deepEqual(first.killedFor, ['it had not answered for 30 s and was ended']);
    first.lost();

    second.sleep();
    await beats(10);
    connect();
    assert.deepEqual(second.connections, [1, 2, 3, 5], 'there is no other one');
    assert.deepEqual(second.killedFor, []);
    second.lost();
  });
});
