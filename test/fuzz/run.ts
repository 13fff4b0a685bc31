/** `npm run fuzz -- [--seconds N] [--seed S] [--only NAME]`: fuzzers for as long as one likes, the same again for the same seed. */

import { parseArgs } from 'node:util';
import { runFuzzer } from './engine.ts';
import { fuzzers } from './fuzzers/index.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
const chosen = fuzzers.filter(({ name }) => values.only === undefined || name === values.only);
if (!(seconds > 0) || !Number.isSafeInteger(seed) || chosen.length === 0) {
  const names = fuzzers.map(({ name }) => name).join(', ');
  console.error(`Usage: npm run fuzz -- [--seconds N] [--seed S] [--only NAME]; names: ${names}`);
  process.exit(2);
}
console.log(`seed ${seed}, ${seconds} s for each of ${chosen.length} fuzzers`);
for (const fuzzer of chosen) {
  try {
    const inputs = await runFuzzer(fuzzer, { seed, seconds });
    console.log(`${fuzzer.name}: ${inputs} inputs, nothing found`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
