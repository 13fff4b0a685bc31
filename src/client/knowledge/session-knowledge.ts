/** What one session knows of its server: from earlier sessions, once it is clear that it is the same server, and its own. */

import { createHash } from 'node:crypto';
import type { Lesson, Recollection, ServerAddress } from './knowledge-book.ts';
import type { KnowledgeStore } from './knowledge-store.ts';
import type { ServerKnowledge } from './server-knowledge.ts';

/** The identity of a server with TLS: its certificate. */
export function certificateIdentity(fingerprint256: string): string {
  return `certificate ${fingerprint256}`;
}

/** The identity of a server in clear: its greeting without numbers, which are times and counts of users. */
export function greetingIdentity(lines: readonly string[]): string {
  const text = lines.join('\n').replaceAll(/\d+/g, '#');
  return `greeting ${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

export class SessionKnowledge {
  readonly #store: KnowledgeStore;
  readonly #address: ServerAddress;
  readonly #recalled: Recollection | undefined;
  #identity: string | undefined;
  #facts: ServerKnowledge = {};

  private constructor(store: KnowledgeStore, address: ServerAddress, recalled: Recollection | undefined) {
    this.#store = store;
    this.#address = address;
    this.#recalled = recalled;
  }

  static async open(store: KnowledgeStore, address: ServerAddress): Promise<SessionKnowledge> {
    return new SessionKnowledge(store, address, await store.recall(address));
  }

  /** What was known of the address, before it is clear whether the server there is still the same one. */
  get unproven(): ServerKnowledge {
    return this.#recalled?.facts ?? {};
  }

  get facts(): ServerKnowledge {
    return this.#facts;
  }

  /** Says which server this is. What is known of another one at its address is not believed; true when something is. */
  identify(identity: string): boolean {
    this.#identity = identity;
    const isSame = this.#recalled?.identity === identity;
    if (isSame) this.#facts = { ...this.#recalled.facts, ...this.#facts };
    return isSame && Object.keys(this.#facts).length > 0;
  }

  /** Notes facts for this session and later ones; a fact given as undefined is forgotten. */
  learn(lesson: Lesson): void {
    const isNews = Object.entries(lesson).some(([name, value]) => this.#facts[name as keyof Lesson] !== value);
    if (!isNews) return;
    const merged = { ...this.#facts, ...lesson };
    this.#facts = Object.fromEntries(
      Object.entries(merged).filter(([, value]) => value !== undefined),
    ) as ServerKnowledge;
    if (this.#identity !== undefined) this.#store.learn(this.#address, this.#identity, lesson);
  }

  /** Resolves when what was learned is kept. */
  flush(): Promise<void> {
    return this.#store.flush();
  }
}
