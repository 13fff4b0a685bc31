/** The server of a storm: a process of its own, so that its memory, descriptors and timers are nobody else's. */

import { readdirSync, readlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { queryObjects } from 'node:v8';
import { ControlChannel, DataConnection, Scope } from '../../src/net/index.ts';
import { createServer, type ServerEvent } from '../../src/server/index.ts';
import { createLocalStorage } from '../../src/storage/index.ts';
import { createTestCertificate } from '../../src/testing/index.ts';
import { createMemoryUserStore, Secret } from '../../src/users/index.ts';
import { Tally } from './tally.ts';

/** What the process holds when nothing is going on. */
export interface Holdings {
  /** `server.counts()` without the listening sockets. */
  readonly counts: Readonly<Record<string, number>>;
  /** Open descriptors by what they lead to. */
  readonly descriptors: Readonly<Record<string, number>>;
  /** What keeps the event loop busy, by kind: sockets, timers, requests. */
  readonly resources: Readonly<Record<string, number>>;
  /** Objects on the heap after garbage collection, by class. */
  readonly objects: Readonly<Record<string, number>>;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly residentBytes: number;
}

/** What the server has reported since the last time it was asked. */
export interface Reported {
  readonly sessionsOpened: number;
  readonly sessionsClosed: number;
  readonly sessionCauses: Readonly<Record<string, number>>;
  readonly transferCauses: Readonly<Record<string, number>>;
  readonly internalErrors: readonly string[];
}

export type Question = { readonly ask: 'holdings' } | { readonly ask: 'reported' };
export type Answer = { readonly port: number } | Holdings | Reported;

/** Longest wait for the last timers of ended sessions: the orderly end of a control line lingers for 2 s. */
const settleMs = 15_000;

let sessionCauses = new Tally();
let transferCauses = new Tally();
let internalErrors: string[] = [];
let [sessionsOpened, sessionsClosed] = [0, 0];

function take(event: ServerEvent): void {
  if (event.type === 'session-opened') sessionsOpened += 1;
  if (event.type === 'transfer') transferCauses.add(event.transfer.cause);
  if (event.type === 'internal-error') internalErrors.push(String((event.error as Error)?.stack ?? event.error));
  if (event.type === 'session-closed') {
    sessionsClosed += 1;
    sessionCauses.add(event.cause);
  }
}

const [root = ''] = process.argv.slice(2);
// Threads for listings come and go in a storm, and are gone soon behind it.
const storage = await createLocalStorage({ root, idleThreadMs: 200 });
// The first thread makes these, and they stay.
void [process.stdout, process.stderr];
const server = createServer({
  listeners: [{ host: '127.0.0.1', port: 0, mode: 'explicit' }],
  storage,
  users: createMemoryUserStore({ users: [{ name: 'user', password: new Secret('pass') }] }),
  tls: 'optional',
  tlsSettings: await createTestCertificate(),
  onEvent: take,
});
const [address] = await server.start();

function descriptorKinds(): Record<string, number> {
  const kinds = new Tally();
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      kinds.add(readlinkSync(`/proc/self/fd/${fd}`).replace(/^\/.*/, 'file').replace(/:.*/, ''));
    } catch {
      // The descriptor of this very listing.
    }
  }
  return kinds.counts;
}

/** Each thread that has an event loop adds some. */
const loopsAtStart = descriptorKinds()['anon_inode'] ?? 0;

async function holdings(): Promise<Holdings> {
  const living = (): Record<string, number> => {
    const { listener, ...counts } = server.counts();
    return { ...counts, listener: listener - 1 };
  };
  const isSettled = (): boolean =>
    Object.values(living()).every((count) => count === 0) && (descriptorKinds()['anon_inode'] ?? 0) <= loopsAtStart;
  const until = performance.now() + settleMs;
  while (performance.now() < until && !isSettled()) await sleep(20);
  for (let turn = 0; turn < 6; turn += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  const resources = new Tally();
  for (const kind of process.getActiveResourcesInfo()) resources.add(kind);
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    counts: living(),
    descriptors: descriptorKinds(),
    resources: resources.counts,
    objects: {
      Socket: queryObjects(Socket, { format: 'count' }),
      TLSSocket: queryObjects(TLSSocket, { format: 'count' }),
      Scope: queryObjects(Scope, { format: 'count' }),
      ControlChannel: queryObjects(ControlChannel, { format: 'count' }),
      DataConnection: queryObjects(DataConnection, { format: 'count' }),
    },
    heapBytes: heapUsed,
    externalBytes: external,
    residentBytes: rss,
  };
}

function reported(): Reported {
  const report = {
    sessionsOpened,
    sessionsClosed,
    sessionCauses: sessionCauses.counts,
    transferCauses: transferCauses.counts,
    internalErrors,
  };
  [sessionsOpened, sessionsClosed] = [0, 0];
  sessionCauses = new Tally();
  transferCauses = new Tally();
  internalErrors = [];
  return report;
}

function say(answer: Answer): void {
  process.send?.(answer);
}

process.on('message', (question: Question) => {
  if (question.ask === 'reported') say(reported());
  else void holdings().then(say);
});
process.on('disconnect', () => {
  void server.close().then(() => storage.close());
});
say({ port: address?.port ?? 0 });
