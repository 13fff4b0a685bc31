import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SessionEvent, sessionEvents } from './events.ts';
import { finalStates, initialState, jointRules, type SessionState, stateTables } from './tables.ts';

/** Every state of every table, written down a second time: the compiler holds the names, this list the number. */
const allStates: { readonly [Table in keyof SessionState]: readonly SessionState[Table][] } = {
  login: ['greeted', 'named', 'in', 'locked'],
  security: ['plain', 'upgrading', 'tls', 'cleared'],
  protection: ['unset', 'buffer-set', 'clear', 'private'],
  data: ['none', 'listening', 'address-given', 'open', 'transferring', 'aborting'],
  pending: ['none', 'rename-source', 'restart-offset'],
  openers: ['any', 'epsv-only'],
};
const tableNames = Object.keys(stateTables) as (keyof SessionState)[];

/** The moves of one table with its own types forgotten. */
const movesOf = (table: keyof SessionState): [SessionEvent, string, string][] =>
  Object.entries(stateTables[table]).flatMap(([event, moves]) =>
    Object.entries(moves as Record<string, string>).map(([from, to]): [SessionEvent, string, string] => [
      event as SessionEvent,
      from,
      to,
    ]),
  );

describe('the state tables', () => {
  test('are one for each field of a state', () => {
    assert.deepEqual(tableNames.toSorted(), Object.keys(initialState).sort());
    assert.deepEqual(tableNames.toSorted(), Object.keys(allStates).sort());
  });

  for (const table of tableNames) {
    test(`of ${table} knows only events and states that there are`, () => {
      for (const [event, from, to] of movesOf(table)) {
        assert.ok(sessionEvents.includes(event), event);
        assert.ok((allStates[table] as readonly string[]).includes(from), from);
        assert.ok((allStates[table] as readonly string[]).includes(to), to);
      }
    });

    test(`of ${table} leads from its first state to every other`, () => {
      const reached = new Set<string>([initialState[table]]);
      for (const from of reached) {
        for (const [, moveFrom, to] of movesOf(table)) if (moveFrom === from) reached.add(to);
      }
      assert.deepEqual([...reached].sort(), [...allStates[table]].sort());
    });
  }

  test('and the joint rules know every event', () => {
    for (const event of sessionEvents) {
      const inTable = tableNames.some((table) => stateTables[table][event] !== undefined);
      assert.ok(inTable || jointRules.some((rule) => rule.event === event), event);
    }
    assert.equal(new Set(sessionEvents).size, sessionEvents.length);
  });

  test('have no move out of a final state', () => {
    for (const table of tableNames) {
      const final = finalStates[table];
      if (final === undefined) continue;
      for (const [event, from, to] of movesOf(table)) if (from === final) assert.equal(to, final, event);
    }
  });
});

describe('the joint rules', () => {
  test('set states that there are, each field once for an event, and say why', () => {
    for (const rule of jointRules) {
      assert.match(rule.clause, /^RFC \d+ section /);
      assert.match(rule.why, /\.$/);
      for (const [table, state] of Object.entries(rule.sets)) {
        assert.ok((allStates[table as keyof SessionState] as readonly string[]).includes(state), `${table} ${state}`);
      }
    }
    const fields = jointRules.flatMap((rule) => Object.keys(rule.sets).map((table) => `${rule.event} ${table}`));
    assert.equal(new Set(fields).size, fields.length);
  });

  test('change a state in some case, so that none of them is idle', () => {
    for (const { event, sets } of jointRules) {
      const needed = Object.entries(sets).filter(([table, state]) => {
        const moves = stateTables[table as keyof SessionState][event] as Record<string, string> | undefined;
        return allStates[table as keyof SessionState].some((from) => (moves?.[from] ?? from) !== state);
      });
      assert.ok(needed.length > 0, event);
    }
  });
});
