/** The suite that every user store passes. It registers nothing by itself: the test function comes from the caller. */

import assert from 'node:assert/strict';
import type { test as NodeTest } from 'node:test';
import { inspect } from 'node:util';

import { UserStoreError } from '../errors/index.ts';
import { Secret, type LoginContext, type UserStore } from './user-store.ts';

/** A user that the store under test must know. */
export interface ContractUser {
  readonly name: string;
  readonly password: Secret;
  readonly home: string;
  readonly readOnly: boolean;
}

export interface UserStoreContractOptions {
  /** Stands in front of each test's name. */
  readonly name: string;
  /** `test` of `node:test`. */
  readonly test: typeof NodeTest;
  /** Creates a store that knows these users. */
  readonly createStore: (users: readonly ContractUser[]) => Promise<{ store: UserStore; dispose: () => Promise<void> }>;
}

const users: readonly ContractUser[] = [
  { name: 'alice', password: new Secret('wonder land'), home: '/', readOnly: false },
  { name: 'Zoë', password: new Secret('pässwörd ✓'), home: '/zoë', readOnly: true },
  { name: 'long', password: new Secret('x'.repeat(1_000)), home: '/', readOnly: false },
];

const context: LoginContext = { remoteAddress: '192.0.2.1' };

interface ContractCase {
  readonly title: string;
  readonly run: (store: UserStore) => Promise<string | void>;
}

const cases: readonly ContractCase[] = [
  { title: 'answers the account for the right password', run: acceptsEachUser },
  { title: 'answers undefined for a wrong password', run: refusesWrongPasswords },
  { title: 'answers undefined for a name that it does not know', run: refusesUnknownNames },
  { title: 'finds the account of a user who has been proved otherwise, if it can', run: findsAccounts },
  { title: 'tells whom it knows, if it can', run: tellsWhomItKnows },
  { title: 'keeps logins apart that run at once', run: keepsParallelLoginsApart },
  { title: 'does the same work for unknown names as for known ones', run: takesTheSameTime },
  { title: 'never shows a password in an account', run: hidesPasswords },
  { title: 'rejects with UserStoreError once it is closed', run: rejectsWhenClosed },
];

/** Registers the suite: one test for each clause of `UserStore`. */
export function userStoreContract(options: UserStoreContractOptions): void {
  for (const { title, run } of cases) {
    void options.test(`${options.name} ${title}`, async (t) => {
      const { store, dispose } = await options.createStore(users);
      try {
        const skipped = await run(store);
        if (typeof skipped === 'string') t.skip(skipped);
      } finally {
        await store.close();
        await store.close();
        await dispose();
      }
    });
  }
}

async function acceptsEachUser(store: UserStore): Promise<void> {
  for (const { name, password, home, readOnly } of users) {
    assert.deepEqual({ ...(await store.authenticate(name, password, context)) }, { name, home, readOnly });
  }
}

async function refusesWrongPasswords(store: UserStore): Promise<void> {
  for (const wrong of ['', 'wonder', 'wonder land ', 'WONDER LAND', 'wonder\0land', 'pässwörd ✓', 'x'.repeat(5_000)]) {
    assert.equal(await store.authenticate('alice', new Secret(wrong), context), undefined, JSON.stringify(wrong));
  }
  assert.equal(await store.authenticate('long', new Secret('x'.repeat(999)), context), undefined);
}

async function refusesUnknownNames(store: UserStore): Promise<void> {
  for (const name of ['', 'bob', 'Alice', 'alice ', 'alice\0', '__proto__', 'constructor', '*', "' OR 1=1 --"]) {
    assert.equal(await store.authenticate(name, new Secret('wonder land'), context), undefined, JSON.stringify(name));
  }
}

async function findsAccounts(store: UserStore): Promise<string | void> {
  if (store.findAccount === undefined) return 'this store knows users by their passwords alone';
  for (const { name, password } of users) {
    const byPassword = await store.authenticate(name, password, context);
    assert.deepEqual(await store.findAccount(name, context), byPassword);
  }
  for (const name of ['', 'bob', 'Alice', 'alice\0', '__proto__']) {
    assert.equal(await store.findAccount(name, context), undefined, JSON.stringify(name));
  }
}

async function tellsWhomItKnows(store: UserStore): Promise<string | void> {
  if (store.knows === undefined) return 'this store cannot tell';
  for (const { name } of users) assert.equal(await store.knows(name), true, name);
  for (const name of ['', 'bob', 'Alice', '__proto__']) assert.equal(await store.knows(name), false, name);
}

async function keepsParallelLoginsApart(store: UserStore): Promise<void> {
  const logins = users.flatMap((user) => users.map((other) => ({ user, other })));
  const answers = await Promise.all(
    logins.map(({ user, other }) => store.authenticate(user.name, other.password, context)),
  );
  for (const [index, { user, other }] of logins.entries()) {
    assert.equal(answers[index]?.name, user === other ? user.name : undefined);
  }
}

/** Compares medians; a store that answers in under a millisecond is too fast to be measured here. */
async function takesTheSameTime(store: UserStore): Promise<string | void> {
  const wrong = new Secret('not the password');
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    known.push(await timeOf(() => store.authenticate('alice', wrong, context)));
    unknown.push(await timeOf(() => store.authenticate('mallory', wrong, context)));
  }
  const [knownMs, unknownMs] = [median(known), median(unknown)];
  if (Math.max(knownMs, unknownMs) < 1) return 'a login takes less than a millisecond, too little to compare';
  const ratio = unknownMs / knownMs;
  assert.ok(ratio > 0.4 && ratio < 2.5, `known ${knownMs.toFixed(2)} ms, unknown ${unknownMs.toFixed(2)} ms`);
}

async function hidesPasswords(store: UserStore): Promise<void> {
  for (const { name, password } of users) {
    const account = await store.authenticate(name, password, context);
    const shown = `${JSON.stringify(account)} ${inspect(account, { depth: 9, showHidden: true })} ${inspect(store, { depth: 9 })}`;
    assert.ok(!shown.includes(password.reveal()));
  }
}

async function rejectsWhenClosed(store: UserStore): Promise<void> {
  await store.close();
  await assert.rejects(store.authenticate('alice', new Secret('wonder land'), context), UserStoreError);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
