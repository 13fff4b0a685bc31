/** What a faulty transfer is, chosen from a seed: what is moved, how, and where its lines break. */

import type { FaultPlan, LineFault } from '../fixtures/fault-relay.ts';
import { randomOf } from './random.ts';
import type { Random } from '../../src/testing/index.ts';

export const verbs = ['get', 'get', 'put', 'put', 'mirror down', 'mirror up'] as const;
export type Verb = (typeof verbs)[number];

export const protections = ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'] as const;
export type Protection = (typeof protections)[number];

export interface TransferPlan {
  readonly verb: Verb;
  readonly protection: Protection;
  readonly size: number;
  /** What has the name before: nothing, something of another size, or of the same size. */
  readonly before: 'nothing' | 'other size' | 'same size';
  /** Tries of `--retry`. */
  readonly retries: number;
  /** Runs as a process, and not in this one. */
  readonly asProcess: boolean;
  /** Breaks at most so many lines. */
  readonly maxFaults: number;
}

export function transferPlanOf(
  seed: number,
  index: number,
  among: { verbs: readonly Verb[]; protections: readonly Protection[] },
): TransferPlan {
  const random = randomOf(seed, index);
  return {
    verb: random.pick(among.verbs),
    protection: random.pick(among.protections),
    size: sizeOf(random),
    before: random.pick(['nothing', 'nothing', 'other size', 'same size'] as const),
    retries: random.pick([0, 2, 5]),
    asProcess: random.chance(0.06),
    maxFaults: random.between(1, 3),
  };
}

function sizeOf(random: Random): number {
  const kind = random.next();
  if (kind < 0.05) return 0;
  if (kind < 0.15) return random.between(1, 2_000);
  if (kind < 0.5) return random.between(2_000, 900_000);
  return random.between(1_048_576, 3_500_000);
}

/** Breaks lines by chance, until the plan has broken as many as it may. */
export class RandomFaults implements FaultPlan {
  readonly #random: Random;
  readonly #plan: TransferPlan;
  #left: number;

  constructor(seed: number, index: number, plan: TransferPlan) {
    this.#random = randomOf(seed ^ 0x5bd1e995, index);
    this.#plan = plan;
    this.#left = plan.maxFaults;
  }

  faultFor(channel: 'control' | 'data'): LineFault | undefined {
    // The same number of choices for every line, so that a line more or less changes little behind it.
    const random = this.#random;
    const isWanted = random.chance(channel === 'data' ? 0.75 : 0.6);
    const fault = channel === 'data' ? dataFault(random, this.#plan) : controlFault(random, this.#plan);
    if (!isWanted || this.#left === 0) return undefined;
    this.#left -= 1;
    return fault;
  }
}

const kinds = ['reset', 'reset', 'fin', 'stall', 'truncate', 'truncate'] as const;

function common(random: Random): Pick<LineFault, 'kind' | 'side' | 'releaseMs'> {
  return {
    kind: random.pick(kinds),
    side: random.pick(['client', 'server', 'both', 'both'] as const),
    releaseMs: random.pick([undefined, random.between(20, 400), random.between(800, 2_500)]),
  };
}

function dataFault(random: Random, { verb, size }: TransferPlan): LineFault {
  const payload = verb === 'get' || verb === 'mirror down' ? 'down' : 'up';
  const fault = common(random);
  const against = payload === 'down' ? 'up' : 'down';
  const direction = random.chance(0.85) ? payload : against;
  const whole = size + 2_000 + Math.floor(size / 600);
  const offset =
    direction === payload
      ? random.pick([random.between(0, 2_500), random.between(0, whole), whole - 2_000])
      : random.between(0, 2_500);
  const lastBytes = random.pick([1, 24, 31, 53, random.between(1, 5_000)]);
  const isTail = fault.kind === 'truncate' && direction === payload && size > 20_000 && random.chance(0.5);
  return {
    ...fault,
    direction,
    counts: 'own',
    offset: isTail ? 8_000 : offset,
    lastBytes: isTail ? lastBytes : undefined,
  };
}

function controlFault(random: Random, { verb, size }: TransferPlan): LineFault {
  const payload = verb === 'get' || verb === 'mirror down' ? 'down' : 'up';
  const counts = random.pick(['own', 'data', 'data', 'data-end'] as const);
  const fault = common(random);
  const ownDirection = random.pick(['up', 'down'] as const);
  const offset = counts === 'own' ? random.between(0, 5_000) : random.between(0, size + 1_000);
  return { ...fault, direction: counts === 'own' ? ownDirection : payload, counts, offset, lastBytes: undefined };
}
