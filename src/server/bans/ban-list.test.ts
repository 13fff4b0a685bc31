import assert from 'node:assert/strict';
import { rm, stat, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { ConfigError } from '../../errors/index.ts';
import { createTempFolder } from '../../testing/index.ts';
import { BanList } from './ban-list.ts';

const soon = { untilMs: Date.now() + 3_600_000, reason: 'a test', by: 'server' } as const;
const forGood = { untilMs: undefined, reason: 'a test', by: 'operator' } as const;

describe('a list of bans', () => {
  test('without a file holds what it was told, and lets go', () => {
    const bans = new BanList();
    assert.equal(bans.add('10.1.2.3/8', forGood).network, '10.0.0.0/8');
    assert.equal(bans.find('10.9.9.9')?.network, '10.0.0.0/8');
    assert.equal(bans.find('11.9.9.9'), undefined);
    assert.ok(!bans.remove('10.9.9.9'));
    assert.ok(bans.remove('10.0.0.0/8'));
    assert.deepEqual(bans.list(), []);
    assert.throws(() => bans.add('somewhere', forGood), ConfigError);
    assert.equal(bans.refresh(), false);
  });

  test('makes its file with the first ban, for its owner alone, and finds everything there again', async () => {
    await using folder = await createTempFolder();
    const file = folder.join('data', 'bans.db');
    const bans = new BanList({ file });
    await assert.rejects(stat(file));
    bans.add('192.0.2.1', soon);
    bans.add('2001:db8::/64', forGood);
    bans.close();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const again = new BanList({ file });
    assert.deepEqual(
      again.list().map(({ network, untilMs, reason, by }) => ({ network, untilMs, reason, by })),
      [
        { network: '192.0.2.1', ...soon },
        { network: '2001:db8::/64', ...forGood },
      ],
    );
    again.close();
  });

  test('takes over what another program writes, also into a file that was not there', async () => {
    await using folder = await createTempFolder();
    const file = folder.join('bans.db');
    const ours = new BanList({ file });
    const theirs = new BanList({ file });
    assert.equal(ours.refresh(), false);
    theirs.add('192.0.2.1', forGood);
    assert.equal(ours.refresh(), true);
    assert.ok(ours.find('192.0.2.1'));
    assert.equal(ours.refresh(), false);
    ours.add('192.0.2.2', soon);
    assert.equal(ours.refresh(), false);
    assert.equal(theirs.refresh(), true);
    assert.equal(theirs.list().length, 2);
    theirs.remove('192.0.2.1');
    ours.refresh();
    assert.equal(ours.find('192.0.2.1'), undefined);
    ours.close();
    theirs.close();
  });

  test('follows a file that was replaced', async () => {
    await using folder = await createTempFolder();
    const file = folder.join('bans.db');
    const ours = new BanList({ file });
    ours.add('192.0.2.1', forGood);
    for (const name of [file, `${file}-wal`, `${file}-shm`]) await rm(name, { force: true });
    const theirs = new BanList({ file });
    theirs.add('192.0.2.9', forGood);
    assert.equal(ours.refresh(), true);
    assert.deepEqual(
      ours.list().map(({ network }) => network),
      ['192.0.2.9'],
    );
    ours.close();
    theirs.close();
  });

  test('forgets bans that have run out, here and in the file', async () => {
    await using folder = await createTempFolder();
    const file = folder.join('bans.db');
    const bans = new BanList({ file });
    bans.add('192.0.2.1', { ...soon, untilMs: Date.now() - 1 });
    bans.add('192.0.2.2', soon);
    assert.equal(bans.find('192.0.2.1'), undefined);
    assert.equal(bans.list().length, 1);
    bans.sweep();
    bans.close();
    const database = new DatabaseSync(file);
    assert.deepEqual(
      database
        .prepare('SELECT network FROM bans')
        .all()
        .map((row) => row['network']),
      ['192.0.2.2'],
    );
    database.close();
  });

  test('stays in force while its file cannot be written, and says so', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('plain'), '');
    const problems: unknown[] = [];
    const bans = new BanList({ file: folder.join('plain', 'bans.db'), onProblem: (error) => problems.push(error) });
    bans.add('192.0.2.1', soon);
    assert.ok(bans.find('192.0.2.1'));
    assert.match((problems[0] as Error).message, /^The ban list .* cannot be used: /);
  });

  test('waits for another writer a moment only', async () => {
    await using folder = await createTempFolder();
    const file = folder.join('bans.db');
    const problems: unknown[] = [];
    const bans = new BanList({ file, onProblem: (error) => problems.push(error) });
    bans.add('192.0.2.1', soon);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const startedAt = performance.now();
    bans.add('192.0.2.2', soon);
    assert.ok(performance.now() - startedAt < 2_000);
    assert.equal(problems.length, 1);
    assert.ok(bans.find('192.0.2.2'));
    other.exec('ROLLBACK');
    other.close();
    bans.close();
  });

  test('refuses a file that is none, or of a newer Twinline', async () => {
    await using folder = await createTempFolder();
    const file = folder.join('bans.db');
    await writeFile(file, 'this is no database, and it is long enough to be looked at as one. '.repeat(20));
    assert.throws(() => new BanList({ file }), /The ban list .* cannot be used: /);
    const newer = folder.join('newer.db');
    const database = new DatabaseSync(newer);
    database.exec('PRAGMA user_version = 99');
    database.close();
    assert.throws(() => new BanList({ file: newer }), /newer Twinline/);
  });

  test('keeps what the server makes within bounds, and never drops an operator’s word', () => {
    const bans = new BanList();
    bans.add('192.0.2.1', forGood);
    for (let index = 0; index <= 100_000; index += 1)
      bans.add(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, soon);
    assert.equal(bans.list().length, 100_000);
    assert.ok(bans.find('192.0.2.1'));
    assert.equal(bans.find('10.0.0.0'), undefined);
    assert.equal(bans.find('10.0.0.1'), undefined);
    assert.ok(bans.find('10.0.0.2'));
    assert.ok(bans.find('10.1.134.160'));
  });
});
