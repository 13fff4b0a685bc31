/** Which hash is checked for a name that nobody has, so that the time of a refusal does not tell that nobody has it. */

import { createHmac } from 'node:crypto';
import { argon2Decoy, costClassOf, parsePasswordHash, type PasswordHash } from './hashes/index.ts';

/** A stored hash, and how many users it stands for. */
export interface CountedHash {
  readonly hash: string;
  readonly users: number;
}

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

  /** `hashes` are those of all users; who is not among them (a plain password) does not count. */
  constructor(key: Uint8Array, hashes: Iterable<CountedHash>) {
    this.#key = key;
    const classes = new Map<string, CostClass>();
    const byBeginning = new Map<string, CostClass | undefined>();
    for (const { hash, users } of hashes) {
      const beginning = beginningOf(hash);
      const known = byBeginning.get(beginning) ?? classOf(hash, classes);
      byBeginning.set(beginning, known);
      if (known !== undefined) known.users += users;
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

/** The class of a hash, made when it is the first; undefined for a hash that this machine cannot check, as its user cannot log in. */
function classOf(text: string, classes: Map<string, CostClass>): CostClass | undefined {
  let hash: PasswordHash;
  try {
    hash = parsePasswordHash(text);
  } catch {
    return undefined;
  }
  const name = costClassOf(hash);
  const known = classes.get(name) ?? { hash, users: 0 };
  classes.set(name, known);
  return known;
}

/** What stands before salt and digest: hashes of one beginning are of one class, and parsing each of many is slow. */
function beginningOf(hash: string): string {
  // bcrypt has no sign between salt and digest.
  if (hash.startsWith('$2')) return hash.slice(0, 6);
  return hash.slice(0, hash.lastIndexOf('$', hash.lastIndexOf('$') - 1) + 1);
}
