/** Tells when a file has become another one: written anew, replaced by renaming, or reached through a link that moved. */

import { stat } from 'node:fs/promises';

/** Between two looks, in milliseconds: events of the kernel miss renames and links that move, a look misses nothing. */
const lookEveryMs = 1_000;

/** Looks at a file from its making until `close`. */
export class FileWatch {
  /** Resolves when it knows what the file is like before any change. */
  readonly ready: Promise<void>;
  readonly #path: string;
  readonly #onChange: () => void;
  readonly #timer: NodeJS.Timeout;
  #seen: string | undefined;
  #looking = false;

  /** `onChange` hears each change once; a file that is away is a change when it is back. */
  constructor(path: string, onChange: () => void, everyMs: number = lookEveryMs) {
    this.#path = path;
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.#look(), everyMs).unref();
    this.ready = this.#look();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const state = await stateOf(this.#path);
    this.#looking = false;
    const before = this.#seen;
    this.#seen = state ?? before;
    if (before !== undefined && state !== undefined && state !== before) this.#onChange();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

async function stateOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return undefined;
  }
}
