/** The descriptors of this process: a new session is refused in words while the sessions that are there still have some. */

import { readdirSync, readFileSync } from 'node:fs';

/** Descriptors that new sessions leave to those that are there: a tenth of all, and no fewer than this. */
const minSpareDescriptors = 32;

/** How many descriptors this process may have open; undefined where the system does not say (no `/proc`). */
export function descriptorLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

function openDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

/** What a process may have open, and what it had open before the server began. */
export interface ProcessDescriptors {
  readonly limit: number | undefined;
  readonly open: number;
}

function thisProcess(): ProcessDescriptors {
  return { limit: descriptorLimit(), open: openDescriptors() };
}

/** Compares what a server has open with what the process may. */
export class DescriptorBudget {
  readonly #available: number;
  readonly #limit: number | undefined;

  constructor({ limit, open } = thisProcess()) {
    this.#limit = limit;
    const spare = limit === undefined ? 0 : Math.max(minSpareDescriptors, Math.ceil(limit / 10));
    this.#available = limit === undefined ? Number.POSITIVE_INFINITY : limit - open - spare;
  }

  /** Descriptors that the process may have, undefined where that is not known. */
  get limit(): number | undefined {
    return this.#limit;
  }

  /** Whether one more session may begin while the server has `open` sockets, listeners and files open. */
  allows(open: number): boolean {
    return open < this.#available;
  }
}
