/** The faults of a proxy: which are there, how often each has happened, and the chance of all of them from one seed. */

import { Random } from '../../peer/index.ts';
import type { FaultRule } from './parse-fault.ts';

export interface ArmedFault extends FaultRule {
  readonly id: number;
}

export interface FaultState {
  readonly id: number;
  readonly fault: string;
  readonly happened: number;
  /** Null: without end. */
  readonly timesLeft: number | null;
}

/** Faults that a proxy holds at once. */
const maxFaults = 200;

export class FaultBook {
  readonly seed: number;
  readonly random: Random;
  readonly #faults = new Map<number, { readonly fault: ArmedFault; happened: number }>();
  #lastId = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** Undefined where there are too many already. */
  add(rule: FaultRule): ArmedFault | undefined {
    if (this.#faults.size >= maxFaults) return undefined;
    this.#lastId += 1;
    const fault = { ...rule, id: this.#lastId };
    this.#faults.set(fault.id, { fault, happened: 0 });
    return fault;
  }

  remove(id: number): boolean {
    return this.#faults.delete(id);
  }

  get faults(): readonly ArmedFault[] {
    return [...this.#faults.values()].map(({ fault }) => fault);
  }

  get states(): readonly FaultState[] {
    return [...this.#faults.values()].map(({ fault, happened }) => ({
      id: fault.id,
      fault: fault.text,
      happened,
      timesLeft: fault.times === Infinity ? null : fault.times - happened,
    }));
  }

  /** Whether it happens now, in this session: it is there, has happened less often than it may, and chance has it so. */
  draw({ id }: ArmedFault, session: number): boolean {
    const entry = this.#faults.get(id);
    if (entry === undefined || entry.happened >= entry.fault.times) return false;
    if (entry.fault.session !== undefined && entry.fault.session !== session) return false;
    if (entry.fault.chance < 1 && !this.random.chance(entry.fault.chance)) return false;
    entry.happened += 1;
    return true;
  }
}
