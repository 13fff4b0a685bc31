/** Runs a fuzzer: the corpus first, then inputs made from a seed, until the runs or the time are over or one fails. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { randomOf } from '../soak/random.ts';
import type { Fuzzer } from './fuzzer.ts';
import { makeInput } from './mutate.ts';
import { shrink } from './shrink.ts';

/** CPU time after which one input counts as a hang, in milliseconds. */
const hangCpuMs = 5000;

export interface FuzzBound {
  readonly seed: number;
  /** Ends after so many inputs. */
  readonly runs?: number;
  /** Ends after so many seconds. */
  readonly seconds?: number;
}

export class FuzzFailure extends Error {
  readonly input: Uint8Array;

  constructor(message: string, input: Uint8Array, cause: unknown) {
    super(message, { cause });
    this.input = input;
  }
}

/** The kept inputs of a fuzzer, in the order of their names. */
export function corpusOf(name: string): Uint8Array[] {
  const folder = join(import.meta.dirname, 'corpus', name);
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file)));
}

/** What goes wrong with an input, undefined when all is well. */
async function failureOf(fuzzer: Fuzzer, input: Uint8Array): Promise<unknown> {
  const stray: unknown[] = [];
  const onStray = (error: unknown): void => void stray.push(error);
  process.on('unhandledRejection', onStray);
  process.on('uncaughtException', onStray);
  const before = process.cpuUsage();
  try {
    const running = fuzzer.check(input);
    if (running !== undefined) {
      await running;
      await turn();
    }
  } catch (error) {
    return error;
  } finally {
    process.off('unhandledRejection', onStray);
    process.off('uncaughtException', onStray);
  }
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  return stray[0] ?? (cpuMs > hangCpuMs ? new Error(`took ${Math.round(cpuMs)} ms of CPU time`) : undefined);
}

/** Runs a fuzzer; resolves with the number of inputs, rejects with `FuzzFailure` that holds the shrunk input. */
export async function runFuzzer(fuzzer: Fuzzer, bound: FuzzBound): Promise<number> {
  const corpus = corpusOf(fuzzer.name);
  const until = bound.seconds === undefined ? Infinity : performance.now() + bound.seconds * 1000;
  const runs = bound.runs ?? Infinity;
  let done = 0;
  for (const input of corpus) await runOne(fuzzer, input, 'of the corpus', bound.seed);
  while (done < runs && performance.now() < until) {
    const random = randomOf(bound.seed, done);
    const own = fuzzer.generate !== undefined && (corpus.length === 0 || random.chance(0.7));
    const input = own && fuzzer.generate ? fuzzer.generate(random) : makeInput(random, corpus, fuzzer.words);
    await runOne(fuzzer, input, `number ${done}`, bound.seed);
    done += 1;
    // Nothing here waits for the network: give timers and signals their turn.
    if (done % 500 === 0) await turn();
  }
  return corpus.length + done;
}

async function runOne(fuzzer: Fuzzer, input: Uint8Array, which: string, seed: number): Promise<void> {
  const failure = await failureOf(fuzzer, input);
  if (failure === undefined) return;
  const shrunk = await shrink(input, async (candidate) => (await failureOf(fuzzer, candidate)) !== undefined);
  const reason = (await failureOf(fuzzer, shrunk)) ?? failure;
  const file = keep(fuzzer.name, shrunk);
  throw new FuzzFailure(
    [
      `The fuzzer ${fuzzer.name} failed with seed ${seed} at input ${which}: ${textOf(reason)}`,
      `shrunk input (${shrunk.length} of ${input.length} bytes): ${escaped(shrunk)}`,
      `again: npm run fuzz -- --only ${fuzzer.name} --seed ${seed}; the input lies in ${file}, keep it in test/fuzz/corpus/${fuzzer.name}/`,
    ].join('\n'),
    shrunk,
    reason,
  );
}

function keep(name: string, input: Uint8Array): string {
  const folder = join(import.meta.dirname, '../../.cache/fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}-${Date.now().toString(36)}`);
  writeFileSync(file, input);
  return `.cache/fuzz/${file.slice(folder.length + 1)}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Bytes as a JavaScript string literal with one character for each. */
function escaped(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1')).replace(
    /[\u007f-\u00ff]/g,
    (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
