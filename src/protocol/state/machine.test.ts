import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { LocalProtocolError } from '../../errors/index.ts';
import { type SessionEvent, sessionEvents } from './events.ts';
import { nextState, SessionMachine } from './machine.ts';
import { initialState, type SessionState } from './tables.ts';

/** Every state of a session that some sequence of events leads to, with the events that lead to it. */
function explore(): Map<string, { readonly state: SessionState; readonly path: readonly SessionEvent[] }> {
  const found = new Map([[JSON.stringify(initialState), { state: initialState, path: [] as readonly SessionEvent[] }]]);
  for (const { state, path } of found.values()) {
    for (const event of sessionEvents) {
      const to = nextState(state, event);
      if (to === undefined) continue;
      const key = JSON.stringify(to);
      if (!found.has(key)) found.set(key, { state: to, path: [...path, event] });
    }
  }
  return found;
}

const reachable = explore();

/** Calls back for every legal step of every reachable state. */
function eachStep(check: (from: SessionState, event: SessionEvent, to: SessionState) => void): void {
  for (const { state, path } of reachable.values()) {
    for (const event of sessionEvents) {
      const to = nextState(state, event);
      if (to === undefined) continue;
      try {
        check(state, event, to);
      } catch (error) {
        throw new Error(`After ${path.join(', ') || 'nothing'}, then ${event}: ${String(error)}`, { cause: error });
      }
    }
  }
}

/** Calls back for every legal step by `event`. */
function eachStepBy(event: SessionEvent, check: (from: SessionState, to: SessionState) => void): void {
  let steps = 0;
  eachStep((from, by, to) => {
    if (by !== event) return;
    steps += 1;
    check(from, to);
  });
  assert.ok(steps > 0, `${event} is possible somewhere`);
}

describe('nextState', () => {
  test('moves every table that knows the event and leaves its input alone', () => {
    const before = { ...initialState };
    const to = nextState(initialState, 'passive-opened');
    assert.deepEqual(to, { ...initialState, data: 'listening' });
    assert.deepEqual(initialState, before);
  });

  test('gives nothing where a table knows the event, but not from its present state', () => {
    assert.equal(nextState(initialState, 'security-cleared'), undefined);
    assert.equal(nextState(initialState, 'transfer-started'), undefined);
    assert.equal(nextState({ ...initialState, login: 'locked' }, 'user-named'), undefined);
  });
});

describe('the states of a session', () => {
  test('are few enough to be looked at one by one', () => {
    assert.ok(reachable.size > 500, `${reachable.size} states`);
    assert.ok(reachable.size < 3000, `${reachable.size} states`);
  });

  test('keep nothing of what was agreed in clear when TLS begins', () => {
    eachStepBy('tls-established', (from, to) => {
      const login = from.login === 'locked' ? 'locked' : 'greeted';
      const agreed = { login, security: 'tls', protection: 'unset', data: 'none', pending: 'none' };
      assert.deepEqual(to, { ...agreed, openers: from.openers });
    });
  });

  test('keep EPSV ALL until the session ends', () => {
    eachStep((from, _event, to) => {
      if (from.openers === 'epsv-only') assert.equal(to.openers, 'epsv-only');
    });
    eachStepBy('epsv-all-accepted', (from, to) => assert.deepEqual(to, { ...from, openers: 'epsv-only' }));
  });

  test('keep a login locked, also under TLS', () => {
    eachStep((from, _event, to) => {
      if (from.login === 'locked') assert.equal(to.login, 'locked');
    });
  });

  test('let TLS begin once only but for REIN, and never again behind CCC', () => {
    const possible = new Map<string, Set<string>>();
    eachStep((from, event, to) => {
      if (from.security === to.security || event === 'tls-dropped') return;
      possible.set(from.security, (possible.get(from.security) ?? new Set()).add(to.security));
    });
    assert.deepEqual([...(possible.get('plain') ?? [])].sort(), ['tls', 'upgrading']);
    assert.deepEqual([...(possible.get('upgrading') ?? [])], ['tls']);
    assert.deepEqual([...(possible.get('tls') ?? [])], ['cleared']);
    assert.equal(possible.get('cleared'), undefined);
  });

  test('keep the protection of data behind CCC (RFC 4217 section 5)', () => {
    eachStepBy('security-cleared', (from, to) => assert.deepEqual(to, { ...from, security: 'cleared' }));
  });

  test('let nobody in but by login-accepted, and name a user by user-named alone', () => {
    eachStep((from, event, to) => {
      if (to.login === 'in' && from.login !== 'in') assert.equal(event, 'login-accepted');
      if (to.login === 'named' && from.login !== 'named') assert.equal(event, 'user-named');
    });
    eachStepBy('user-named', (_from, to) => assert.equal(to.login, 'named'));
  });

  test('set a protection level only behind PBSZ', () => {
    eachStep((from, event, to) => {
      if (from.protection === 'unset') assert.ok(['unset', 'buffer-set'].includes(to.protection), event);
      if (to.protection === 'private' && from.protection !== 'private') assert.equal(event, 'protection-private-set');
      if (to.protection === 'clear' && from.protection !== 'clear') assert.equal(event, 'protection-clear-set');
    });
  });

  test('spend what is pending on the transfer, the login or the loss that follows', () => {
    const events = [
      'transfer-started',
      'user-named',
      'pending-consumed',
      'control-lost',
      'session-reinitialised',
    ] as const;
    for (const event of events) eachStepBy(event, (_from, to) => assert.equal(to.pending, 'none', event));
    eachStepBy('restart-given', (_from, to) => assert.equal(to.pending, 'restart-offset'));
    eachStepBy('rename-source-given', (_from, to) => assert.equal(to.pending, 'rename-source'));
  });

  test('begin a transfer only where a data connection was opened or an address given', () => {
    eachStepBy('transfer-started', (from, to) => {
      assert.ok(['listening', 'address-given', 'open'].includes(from.data), from.data);
      assert.equal(to.data, 'transferring');
    });
  });

  test('open no second data connection beside a transfer', () => {
    for (const event of ['passive-opened', 'address-given', 'transfer-started'] as const) {
      eachStepBy(event, (from) => assert.ok(!['transferring', 'aborting'].includes(from.data), from.data));
    }
  });

  test('lose the data connection with the control connection, from everywhere', () => {
    for (const { state } of reachable.values()) {
      const to = nextState(state, 'control-lost');
      assert.equal(to?.data, 'none');
      assert.equal(to?.login, 'locked');
    }
  });

  test('close the data connection from everywhere', () => {
    for (const { state } of reachable.values()) {
      assert.deepEqual(nextState(state, 'data-closed'), { ...state, data: 'none' });
    }
  });
});

/** The rules once more, as sentences about one field each; written apart from the tables, to be held against them. */
const model: { readonly [Event in SessionEvent]: (s: SessionState) => Partial<SessionState> | undefined } = {
  'user-named': (s) => (s.login === 'locked' ? undefined : { login: 'named', pending: 'none' }),
  'login-accepted': (s) => (['greeted', 'named'].includes(s.login) ? { login: 'in' } : undefined),
  'login-refused': (s) => (['greeted', 'named'].includes(s.login) ? { login: 'greeted' } : undefined),
  'session-reinitialised': (s) =>
    s.login === 'locked' ? undefined : { login: 'greeted', protection: 'unset', pending: 'none', data: 'none' },
  'login-locked': () => ({ login: 'locked' }),
  'auth-accepted': (s) => (s.security === 'plain' ? { security: 'upgrading' } : undefined),
  'tls-established': (s) => {
    if (s.security !== 'plain' && s.security !== 'upgrading') return undefined;
    const login = s.login === 'locked' ? 'locked' : 'greeted';
    return { security: 'tls', login, protection: 'unset', pending: 'none', data: 'none' };
  },
  'security-cleared': (s) => (s.security === 'tls' ? { security: 'cleared' } : undefined),
  'tls-dropped': (s) => (s.security === 'tls' ? { security: 'plain' } : undefined),
  'buffer-size-set': (s) => ({ protection: s.protection === 'unset' ? 'buffer-set' : s.protection }),
  'protection-clear-set': (s) => (s.protection === 'unset' ? undefined : { protection: 'clear' }),
  'protection-private-set': (s) => (s.protection === 'unset' ? undefined : { protection: 'private' }),
  'epsv-all-accepted': () => ({ openers: 'epsv-only' }),
  'passive-opened': (s) => (isBusy(s) ? undefined : { data: 'listening' }),
  'address-given': (s) => (isBusy(s) ? undefined : { data: 'address-given' }),
  'data-connected': (s) => {
    if (s.data === 'transferring') return {};
    return s.data === 'listening' || s.data === 'address-given' ? { data: 'open' } : undefined;
  },
  'transfer-started': (s) => (isBusy(s) || s.data === 'none' ? undefined : { data: 'transferring', pending: 'none' }),
  'abort-requested': (s) => (isBusy(s) ? { data: 'aborting' } : undefined),
  'data-closed': () => ({ data: 'none' }),
  'rename-source-given': () => ({ pending: 'rename-source' }),
  'restart-given': () => ({ pending: 'restart-offset' }),
  'pending-consumed': () => ({ pending: 'none' }),
  'control-lost': () => ({ data: 'none', pending: 'none', login: 'locked' }),
};

function isBusy(state: SessionState): boolean {
  return state.data === 'transferring' || state.data === 'aborting';
}

describe('SessionMachine', () => {
  test('does what the rules say, for any sequence of events', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...sessionEvents), { maxLength: 60 }), (events) => {
        const machine = new SessionMachine();
        let expected = initialState;
        for (const event of events) {
          const change = model[event](expected);
          assert.equal(machine.allows(event), change !== undefined, `${event} in ${JSON.stringify(expected)}`);
          if (change === undefined) {
            assert.throws(() => machine.fire(event), LocalProtocolError);
          } else {
            machine.fire(event);
            expected = { ...expected, ...change };
          }
          assert.deepEqual(machine.state, expected, event);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('does what the rules say, in every reachable state', () => {
    for (const { state } of reachable.values()) {
      for (const event of sessionEvents) {
        const change = model[event](state);
        const expected = change === undefined ? undefined : { ...state, ...change };
        assert.deepEqual(nextState(state, event), expected, `${event} in ${JSON.stringify(state)}`);
      }
    }
  });

  test('names the event and the state in its error, and stays where it was', () => {
    const machine = new SessionMachine();
    assert.throws(() => machine.fire('abort-requested'), {
      code: 'ERR_TWINLINE_CALL_ORDER',
      message: /abort-requested.*"login":"greeted"/,
    });
    assert.deepEqual(machine.state, initialState);
  });
});
