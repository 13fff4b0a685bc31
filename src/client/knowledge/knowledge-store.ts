/** Where knowledge of servers is kept between sessions: the contract, and the store that lives as long as its owner. */

import { KnowledgeBook, type Lesson, type Recollection, type ServerAddress } from './knowledge-book.ts';

/**
 * Keeps what clients learn of servers. Nothing that goes wrong in a store may hinder a session: its methods neither
 * throw nor reject.
 */
export interface KnowledgeStore {
  /** What is known of the server at an address. The caller compares the identity before it believes the rest. */
  recall(address: ServerAddress): Promise<Recollection | undefined>;
  /** Notes facts of a server; what was known of a server of another identity there is forgotten. */
  learn(address: ServerAddress, identity: string, lesson: Lesson): void;
  /** Resolves when everything learned so far is kept. */
  flush(): Promise<void>;
}

/** A store in memory: for one client and its reconnects, or shared by several. */
export function createMemoryKnowledge(): KnowledgeStore {
  const book = new KnowledgeBook();
  return {
    recall: async (address) => book.recall(address, Date.now()),
    learn: (address, identity, lesson) => void book.learn(address, identity, lesson, Date.now()),
    flush: async () => undefined,
  };
}
