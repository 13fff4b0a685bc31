import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from '../user-store.ts';
import { RecentLogins } from './recent-logins.ts';

function question(name: string, password = 'a password', hash = 'h') {
  return { name, password: new Secret(password), hash };
}

void test('a login is remembered for its name, password and hash together, and for five minutes', () => {
  let now = 0;
  const logins = new RecentLogins(() => now);
  logins.add(question('ada'));
  assert.ok(logins.has(question('ada')));
  assert.ok(!logins.has(question('ada', 'another')));
  assert.ok(!logins.has(question('ada', 'a password', 'another')));
  assert.ok(!logins.has(question('bob')));
  // No two questions run together into one.
  assert.ok(!logins.has({ name: 'adaa', password: new Secret(' password'), hash: 'h' }));
  now = 5 * 60_000;
  assert.ok(!logins.has(question('ada')));
});

void test('the newest thousand are remembered, and what is added again is among the newest', () => {
  const logins = new RecentLogins(() => 0);
  for (let index = 0; index < 1_000; index += 1) logins.add(question(`user-${index}`));
  logins.add(question('user-0'));
  logins.add(question('one more'));
  assert.equal(logins.size, 1_000);
  assert.ok(logins.has(question('user-0')));
  assert.ok(!logins.has(question('user-1')));
  assert.ok(logins.has(question('user-2')));
});

void test('no password can be seen in it', () => {
  const logins = new RecentLogins();
  logins.add(question('ada'));
  assert.doesNotMatch(inspect(logins, { depth: 9, showHidden: true }), /a password/);
});

void test('a check that the first asker gives up is made anew for the others', async () => {
  const logins = new RecentLogins();
  const first = Promise.withResolvers<boolean>();
  const one = logins.sharing(question('ada'), () => first.promise);
  const two = logins.sharing(question('ada'), () => Promise.resolve(true));
  first.reject(new Error('given up'));
  await assert.rejects(one, /given up/);
  assert.equal(await two, true);
});
