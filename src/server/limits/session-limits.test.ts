import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type EvictionCause, SessionLimits, type SessionBounds } from './session-limits.ts';

class FakeSession {
  readonly remoteHost: string;
  evicted: EvictionCause | undefined;

  constructor(remoteHost: string) {
    this.remoteHost = remoteHost;
  }

  evict(cause: EvictionCause): void {
    this.evicted = cause;
  }
}

const bounds: SessionBounds = {
  maxSessions: 6,
  maxSessionsPerAddress: 3,
  maxUnauthenticated: 4,
  maxUnauthenticatedPerAddress: 2,
  maxHandshakes: 2,
  ipv6PrefixBits: 64,
};

function createLimits(more: Partial<SessionBounds> = {}): SessionLimits<FakeSession> {
  return new SessionLimits<FakeSession>(() => ({
    limits: { ...bounds, ...more },
    isExempt: (address) => address === '127.0.0.1',
  }));
}

function enter(limits: SessionLimits<FakeSession>, address: string, standing: 'handshake' | 'stranger' | 'user') {
  const session = new FakeSession(address);
  limits.enter(session, standing);
  return session;
}

describe('the limits of sessions', () => {
  test('refuse a further session of an address, of any address of its /64, and of all', () => {
    const limits = createLimits();
    for (const host of ['2001:db8::1', '2001:db8::2', '2001:db8::3']) enter(limits, host, 'user');
    assert.equal(limits.refusalOf('2001:db8::4'), 'too-many-from-address');
    assert.equal(limits.refusalOf('2001:db8:0:1::4'), undefined);
    for (const host of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) enter(limits, host, 'user');
    assert.equal(limits.refusalOf('192.0.2.4'), 'too-many-sessions');
  });

  test('count no session that has left, and none twice', () => {
    const limits = createLimits();
    const sessions = [1, 2, 3].map(() => enter(limits, '192.0.2.1', 'user'));
    for (const session of sessions) {
      limits.leave(session);
      limits.leave(session);
    }
    assert.equal(limits.size, 0);
    assert.equal(limits.refusalOf('192.0.2.1'), undefined);
    limits.changed(sessions[0] ?? assert.fail(), 'stranger');
    assert.equal(limits.size, 0);
  });

  test('evict the oldest stranger of an address, and never a user', () => {
    const limits = createLimits();
    const user = enter(limits, '192.0.2.1', 'stranger');
    limits.changed(user, 'user');
    const oldest = enter(limits, '192.0.2.1', 'stranger');
    const middle = enter(limits, '192.0.2.1', 'stranger');
    enter(limits, '192.0.2.1', 'stranger');
    assert.deepEqual(
      [user, oldest, middle].map((session) => session.evicted),
      [undefined, 'too-many-unauthenticated', undefined],
    );
  });

  test('take a user for a stranger again who has logged out', () => {
    const limits = createLimits();
    const user = enter(limits, '192.0.2.1', 'user');
    limits.changed(user, 'stranger');
    enter(limits, '192.0.2.1', 'stranger');
    enter(limits, '192.0.2.1', 'stranger');
    assert.equal(user.evicted, 'too-many-unauthenticated');
  });

  test('evict the oldest handshake of the address with most of them', () => {
    const limits = createLimits();
    const honest = enter(limits, '192.0.2.9', 'handshake');
    const flood = enter(limits, '192.0.2.1', 'handshake');
    enter(limits, '192.0.2.1', 'handshake');
    assert.deepEqual([honest.evicted, flood.evicted], [undefined, 'too-many-handshakes']);
    limits.changed(honest, 'stranger');
    assert.equal(enter(limits, '192.0.2.2', 'handshake').evicted, undefined);
  });

  test('do not bound an exempt address by itself', () => {
    const limits = createLimits();
    const sessions = [1, 2, 3, 4].map(() => enter(limits, '127.0.0.1', 'stranger'));
    assert.equal(limits.refusalOf('127.0.0.1'), undefined);
    assert.deepEqual(
      sessions.filter(({ evicted }) => evicted !== undefined),
      [],
    );
  });
});
