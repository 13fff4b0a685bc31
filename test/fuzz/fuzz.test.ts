/** Every fuzzer in its bounded form, with a seed that does not change; `npm run fuzz` goes on for longer and elsewhere. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { runCommand } from '../../src/testing/index.ts';
import { defineFuzzer } from './fuzzer.ts';
import { FuzzFailure, runFuzzer } from './engine.ts';
import { fuzzers } from './fuzzers/index.ts';

const seed = 1;

describe('the fuzzers', () => {
  for (const fuzzer of fuzzers) {
    test(`${fuzzer.name}: ${fuzzer.runs} inputs of seed ${seed} and the kept ones`, async () => {
      assert.ok((await runFuzzer(fuzzer, { seed, runs: fuzzer.runs })) >= fuzzer.runs);
    });
  }

  test('find what is wrong, make it small, and say how to have it again', async () => {
    const broken = defineFuzzer({
      name: 'command-line',
      words: ['a', 'b', 'boom', 'x y'],
      runs: 0,
      check(input) {
        if (Buffer.from(input).includes('oo')) throw new Error('found');
      },
    });
    const failure = await runFuzzer(broken, { seed, runs: 5000 }).catch((error: unknown) => error);
    assert.ok(failure instanceof FuzzFailure);
    assert.equal(Buffer.from(failure.input).toString(), 'oo');
    assert.match(failure.message, /seed 1 at input .*found/s);
    assert.match(failure.message, /shrunk input \(2 of \d+ bytes\): "oo"/);
    assert.match(failure.message, /npm run fuzz -- --only command-line --seed 1/);
  });

  // In a process of its own: the test runner would take the rejection for a failure of this test.
  test('are told of rejections that nobody handles', async () => {
    const engine = new URL('engine.ts', import.meta.url).href;
    const check = "async () => void Promise.reject(new Error('stray'))";
    const script = `
      import { runFuzzer } from ${JSON.stringify(engine)};
      const careless = { name: 'command-line', words: ['a'], runs: 0, check: ${check} };
      await runFuzzer(careless, { seed: 1, runs: 1 }).catch((error) => console.log(error.message));
    `;
    const result = await runCommand(process.execPath, ['--input-type=module', '-e', script]);
    assert.match(result.stdout.toString(), /^The fuzzer command-line failed with seed 1 .*stray/);
  });
});
