import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ConfigError, UserStoreError } from '../../errors/index.ts';
import { userStoreContract } from '../contract.ts';
import { Secret } from '../user-store.ts';
import { createProgramUserStore, type ProgramUserStoreOptions } from './program-user-store.ts';

const from = { remoteAddress: '192.0.2.1' };
const secret = new Secret('a good password');

async function tempFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'twinline-hook-'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/** A hook in JavaScript, whose body sees `question`, `args` and `fs`. */
async function storeOver(t: TestContext, body: string, options: Partial<ProgramUserStoreOptions> = {}) {
  const { folder, remove } = await tempFolder();
  const program = join(folder, 'hook.cjs');
  await writeFile(
    program,
    `const fs = require('node:fs'); const args = process.argv.slice(2);
     const question = JSON.parse(fs.readFileSync(0, 'utf8'));
     ${body}`,
  );
  const store = createProgramUserStore({ command: [process.execPath, program, folder, 'a $HOME; b'], ...options });
  t.after(async () => {
    await store.close();
    await remove();
  });
  return { store, folder };
}

userStoreContract({
  name: 'the store over a program',
  test,
  createStore: async (users) => {
    const { folder, remove } = await tempFolder();
    const program = join(folder, 'hook.cjs');
    const known = users.map(({ name, password, home, readOnly }) => ({
      name,
      password: password.reveal(),
      home,
      readOnly,
    }));
    await writeFile(
      program,
      `const { user, password } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
       const found = ${JSON.stringify(known)}.find((one) => one.name === user && one.password === password);
       if (found === undefined) process.exit(77);
       console.log(JSON.stringify({ home: found.home, readOnly: found.readOnly }));`,
    );
    return { store: createProgramUserStore({ command: [process.execPath, program] }), dispose: remove };
  },
});

void test('the question comes on standard input alone, and no shell reads the arguments', async (t) => {
  const { store, folder } = await storeOver(
    t,
    `fs.writeFileSync(args[0] + '/seen', JSON.stringify({ question, args: args.slice(1), env: process.env }));
     console.log('{"home":"/ada"}');`,
  );
  assert.deepEqual(await store.authenticate('ada', secret, from), { name: 'ada', home: '/ada', readOnly: false });
  const seen = JSON.parse(await readFile(join(folder, 'seen'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(seen['question'], {
    version: 1,
    user: 'ada',
    password: 'a good password',
    remoteAddress: '192.0.2.1',
  });
  assert.deepEqual(seen['args'], ['a $HOME; b']);
  assert.doesNotMatch(JSON.stringify(seen['env']), /a good password/);
});

void test('a refusal is exit code 77, or the answer null', async (t) => {
  for (const body of ['process.exit(77)', "console.log('null')"]) {
    const { store } = await storeOver(t, body);
    assert.equal(await store.authenticate('ada', secret, from), undefined);
  }
});

void test('whatever is no answer is an error of the store, whose text holds no password', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["throw new Error('broken by ' + question.password)", /exit code 1 and said: /],
    ["console.error('no database'); process.exit(3)", /exit code 3 and said: no database\./],
    ["process.kill(process.pid, 'SIGTERM'); setInterval(() => undefined, 1000)", /ended by SIGTERM/],
    ['', /not JSON/],
    ['console.log(question.password)', /not JSON/],
    [`console.log('{"hom":"/"}')`, /"hom" is no setting/],
    ["console.log('x'.repeat(100000))", /more than 65536 bytes/],
  ];
  for (const [body, says] of cases) {
    const { store } = await storeOver(t, body);
    await assert.rejects(store.authenticate('ada', secret, from), (error) => {
      assert.ok(error instanceof UserStoreError, body);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /a good password/, body);
      return true;
    });
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A dead child that nobody has asked for yet counts as dead.
  const status = existsSync('/proc/self/status') && existsSync(`/proc/${pid}/status`);
  return !status || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

void test('a program that is too slow is ended with everything that it has started', async (t) => {
  const { store, folder } = await storeOver(
    t,
    `const child = require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit' });
     fs.writeFileSync(args[0] + '/pids', process.pid + ' ' + child.pid);
     setInterval(() => undefined, 1000);`,
    { timeoutMs: 1_000 },
  );
  await assert.rejects(store.authenticate('ada', secret, from), /did not answer within 1 s/);
  const pids = (await readFile(join(folder, 'pids'), 'utf8')).split(' ').map(Number);
  assert.equal(pids.length, 2);
  while (pids.some(isAlive)) await new Promise(setImmediate);
});

void test('closing ends the programs under way, and a program that reads nothing is judged by its answer', async (t) => {
  const { store, folder } = await storeOver(
    t,
    `fs.writeFileSync(args[0] + '/pid', ''); setInterval(() => undefined, 1000);`,
  );
  const login = store.authenticate('ada', secret, from);
  await store.close();
  await assert.rejects(login, UserStoreError);
  const program = join(folder, 'deaf.cjs');
  await writeFile(program, "console.log('{}')");
  const deaf = createProgramUserStore({ command: [process.execPath, program] });
  assert.equal((await deaf.authenticate('ada', new Secret('x'.repeat(200_000)), from))?.name, 'ada');
  await deaf.close();
});

void test('a program that cannot be started is an error of the store, and a command without a path one of the settings', async () => {
  const absent = createProgramUserStore({ command: ['/nowhere/hook'] });
  await assert.rejects(absent.authenticate('ada', secret, from), /\/nowhere\/hook could not be asked: .*ENOENT/);
  await absent.close();
  for (const command of [[], [''], ['hook'], ['./hook'], ['/bin/true\0']]) {
    assert.throws(() => createProgramUserStore({ command }), ConfigError);
  }
});
