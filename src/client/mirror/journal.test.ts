import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { createTempFolder } from '../../testing/index.ts';
import { Journal } from './journal.ts';

const facts = { size: 5, modifiedMs: 1000 };

describe('the journal of a mirror', () => {
  test('tells a later run of the same mirror what was begun and what was done', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('state/journal');
    const first = await Journal.open(path, 'a to b');
    assert.equal(first.isResumed, false);
    first.begun('x', facts);
    first.begun('y', facts);
    first.done('x', facts);
    first.done('bytes \udce9', { size: 1 });
    assert.equal(first.stateOf('x', facts), undefined, 'only earlier runs count');
    await first.close(false);

    const second = await Journal.open(path, 'a to b');
    assert.equal(second.isResumed, true);
    assert.equal(second.stateOf('x', facts), 'done');
    assert.equal(second.stateOf('y', facts), 'begun');
    assert.equal(second.stateOf('x', { ...facts, size: 6 }), undefined, 'the source has changed');
    assert.equal(second.stateOf('bytes \udce9', { size: 1 }), 'done');
    await second.close(true);
    await assert.rejects(stat(path), { code: 'ENOENT' });
    await assert.rejects(stat(`${path}.lock`), { code: 'ENOENT' });
  });

  test('is begun anew by another mirror', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('journal');
    const first = await Journal.open(path, 'a to b');
    first.begun('x', facts);
    await first.close(false);
    const second = await Journal.open(path, 'a to c');
    assert.equal(second.isResumed, false);
    assert.equal(second.stateOf('x', facts), undefined);
    await second.close(false);
    assert.doesNotMatch(await readFile(path, 'utf8'), /"x"/);
  });

  test('loses the torn last line and nothing else', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('journal');
    const first = await Journal.open(path, 'a');
    first.begun('x', facts);
    await first.close(false);
    await appendFile(path, '{"k":"d","p":"x","s":5,"m":10');
    const second = await Journal.open(path, 'a');
    assert.equal(second.stateOf('x', facts), 'begun');
    second.done('z', facts);
    await second.close(false);
    const third = await Journal.open(path, 'a');
    assert.equal(third.stateOf('z', facts), 'done');
    await third.close(true);
  });

  test('outlives any cut: every beginning of the file is read', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('journal');
    const whole = await Journal.open(path, 'a');
    for (const name of ['x', 'y', 'z']) whole.done(name, facts);
    await whole.close(false);
    const bytes = await readFile(path);
    for (let length = 0; length <= bytes.length; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      const cut = await Journal.open(path, 'a');
      const known = ['x', 'y', 'z'].filter((name) => cut.stateOf(name, facts) === 'done');
      assert.deepEqual(known, ['x', 'y', 'z'].slice(0, known.length));
      if (length === bytes.length) assert.equal(known.length, 3);
      await cut.close(false);
    }
  });

  test('belongs to one process at a time, and a dead one holds nobody up', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('journal');
    const first = await Journal.open(path, 'a');
    await assert.rejects(Journal.open(path, 'a'), { code: 'ERR_TWINLINE_LOCAL_FILE', message: /mirroring the same/ });
    await first.close(false);
    // A number that was given again to another process since, and one that nobody has.
    for (const holder of [{ pid: process.pid, started: 'another boot 1' }, { pid: 2 ** 30 }, 'rubbish']) {
      await writeFile(`${path}.lock`, JSON.stringify(holder));
      const next = await Journal.open(path, 'a');
      await next.close(false);
    }
  });
});
