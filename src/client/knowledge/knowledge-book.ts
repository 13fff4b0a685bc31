/** What is known of all servers, by address: within a bound, with ages, from and to JSON. Pure. */

import {
  type FactName,
  factNames,
  isFactValue,
  isFresh,
  isWorthKeeping,
  type KeptFact,
  type ServerKnowledge,
} from './server-knowledge.ts';

/** Where a server is reached. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What is known of the server at an address, and how that server is told from another one there. */
export interface Recollection {
  /** A hash of its certificate or greeting. */
  readonly identity: string;
  readonly facts: ServerKnowledge;
}

/** A fact given as undefined is forgotten. */
export type Lesson = { readonly [Name in FactName]?: ServerKnowledge[Name] | undefined };

interface Entry {
  readonly identity: string;
  readonly facts: ReadonlyMap<FactName, KeptFact>;
}

/** Servers that are remembered; the one that was learned of longest ago makes place. */
const maxServers = 200;

const formatVersion = 1;

const keyOf = ({ host, port }: ServerAddress): string => `${host.toLowerCase()}:${port}`;

export class KnowledgeBook {
  /** In the order in which something was last learned. */
  readonly #entries = new Map<string, Entry>();

  recall(address: ServerAddress, nowMs: number): Recollection | undefined {
    const entry = this.#entries.get(keyOf(address));
    if (entry === undefined) return undefined;
    const fresh = [...entry.facts].filter(([name, fact]) => isFresh(name, fact, nowMs));
    const facts = Object.fromEntries(fresh.map(([name, { value }]) => [name, value])) as ServerKnowledge;
    return { identity: entry.identity, facts };
  }

  /** Notes facts of the server of that identity; those of another one at the address go. False when nothing is new. */
  learn(address: ServerAddress, identity: string, lesson: Lesson, nowMs: number): boolean {
    const key = keyOf(address);
    const before = this.#entries.get(key);
    const isSame = before?.identity === identity;
    const facts = new Map(isSame ? before.facts : []);
    let hasChanged = before !== undefined && !isSame;
    for (const name of factNames) {
      if (!(name in lesson)) continue;
      const value = lesson[name];
      if (value === undefined) hasChanged = facts.delete(name) || hasChanged;
      else if (isFactValue(name, value) && isWorthKeeping(name, facts.get(name), value, nowMs)) {
        facts.set(name, { value, learnedMs: nowMs });
        hasChanged = true;
      }
    }
    if (hasChanged) this.#put(key, { identity, facts });
    return hasChanged;
  }

  #put(key: string, entry: Entry): void {
    this.#entries.delete(key);
    if (entry.facts.size > 0) this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxServers) return;
      this.#entries.delete(oldest);
    }
  }

  /** The book as text, without what is no longer believed. */
  toJson(nowMs: number): string {
    const servers = [...this.#entries].flatMap(([address, { identity, facts }]) => {
      const fresh = [...facts].filter(([name, fact]) => isFresh(name, fact, nowMs));
      return fresh.length === 0 ? [] : [{ address, identity, facts: Object.fromEntries(fresh) }];
    });
    return `${JSON.stringify({ version: formatVersion, servers }, undefined, 1)}\n`;
  }

  /** Reads what `toJson` wrote. What cannot be understood is left out; throws only when it is no book at all. */
  static fromJson(text: string): KnowledgeBook {
    const found: unknown = JSON.parse(text);
    if (!isRecord(found) || found['version'] !== formatVersion || !Array.isArray(found['servers'])) {
      throw new Error('it is no list of servers of this version');
    }
    const book = new KnowledgeBook();
    for (const server of found['servers'] as readonly unknown[]) {
      if (!isRecord(server) || typeof server['address'] !== 'string' || typeof server['identity'] !== 'string')
        continue;
      book.#put(server['address'], { identity: server['identity'], facts: readFacts(server['facts']) });
    }
    return book;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readFacts(found: unknown): Map<FactName, KeptFact> {
  const facts = new Map<FactName, KeptFact>();
  if (!isRecord(found)) return facts;
  for (const name of factNames) {
    const fact = found[name];
    if (!isRecord(fact) || !isFactValue(name, fact['value']) || !Number.isFinite(fact['learnedMs'])) continue;
    facts.set(name, { value: fact['value'], learnedMs: fact['learnedMs'] as number });
  }
  return facts;
}
