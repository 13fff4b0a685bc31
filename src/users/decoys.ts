/** Which hash is checked for a name that nobody has, so that the time of a refusal does not tell that nobody has it. */

import { createHmac } from 'node:crypto';
import { argon2Decoy, costClassOf, parsePasswordHash, type PasswordHash } from './hashes/index.ts';

/** Hashes that cost the same work. */
interface CostClass {
  /** One of them. */
  readonly hash: PasswordHash;
  users: number;
}

/**
 * Where all hashes cost the same, each unknown name costs that. Where hashes of other programs stand among them, unknown
 * names are spread over the kinds of work as the known ones are, each name always the same way: a keyed hash of the name
 * chooses. As users log in and their hashes become Argon2id, names move to Argon2id and never back, which is what known
 * names do as well.
 */
export class Decoys {
  readonly #key: Uint8Array;
  readonly #classes: readonly CostClass[];
  readonly #users: number;

  /** `hashes` are those of all users, as stored; who is not among them (a plain password) does not count. */
  constructor(key: Uint8Array, hashes: Iterable<string | PasswordHash>) {
    this.#key = key;
    const classes = new Map<string, CostClass>();
    for (const text of hashes) {
      const hash = typeof text === 'string' ? tryParse(text) : text;
      if (hash === undefined) continue;
      const name = costClassOf(hash);
      const known = classes.get(name);
      if (known === undefined) classes.set(name, { hash, users: 1 });
      else known.users += 1;
    }
    if (classes.size === 0) classes.set('', { hash: parsePasswordHash(argon2Decoy()), users: 1 });
    const names = [...classes.keys()].toSorted();
    // "$argon2id$" sorts behind "$6$", and must stand first.
    const ordered = [...names.filter(isArgon2), ...names.filter((name) => !isArgon2(name))];
    this.#classes = ordered.flatMap((name) => classes.get(name) ?? []);
    this.#users = this.#classes.reduce((sum, { users }) => sum + users, 0);
  }

  hashFor(name: string): PasswordHash {
    const digest = createHmac('sha256', this.#key).update(name, 'utf8').digest();
    let place = (digest.readUIntBE(0, 6) / 2 ** 48) * this.#users;
    for (const { hash, users } of this.#classes) {
      place -= users;
      if (place < 0) return hash;
    }
    throw new RangeError('the classes do not add up');
  }
}

function isArgon2(name: string): boolean {
  return name.startsWith('$argon2id$');
}

/** A hash that this machine cannot check costs nothing, and its user cannot log in. */
function tryParse(text: string): PasswordHash | undefined {
  try {
    return parsePasswordHash(text);
  } catch {
    return undefined;
  }
}
