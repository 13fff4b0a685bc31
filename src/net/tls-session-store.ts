/** TLS 1.2 sessions by their id, for clients that refuse tickets, as curl 7.88 does. */

import { EventEmitter } from 'node:events';

/** TLS 1.2 sessions that one control session keeps for clients without tickets; the oldest goes first. */
const maxKeptSessions = 16;

/**
 * Makes a store in the form in which Node asks the `server` of a socket for sessions. Each control session has a store of
 * its own, so that an id is worth nothing anywhere else.
 */
export function createSessionStore(): EventEmitter {
  const kept = new Map<string, Buffer>();
  const store = new EventEmitter();
  store.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
    const oldest = kept.size >= maxKeptSessions ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(id.toString('hex'), session);
    done();
  });
  store.on('resumeSession', (id: Buffer, done: (error: Error | null, session: Buffer | null) => void) => {
    done(null, kept.get(id.toString('hex')) ?? null);
  });
  return store;
}
