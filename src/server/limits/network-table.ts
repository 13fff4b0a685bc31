/** Values by network: what holds for an address is found in as many steps as there are lengths of prefixes, not networks. */

import { parseNormalisedAddress } from '../../protocol/index.ts';
import { maskAddress } from './address-key.ts';
import type { Network } from './networks.ts';

interface PrefixGroup<Value> {
  readonly family: 4 | 6;
  readonly bits: number;
  readonly values: Map<string, Value>;
}

const keyOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** A table of networks. A million of them cost no more for a look-up than one. */
export class NetworkTable<Value> {
  /** Longest prefixes first. */
  #groups: PrefixGroup<Value>[] = [];

  get size(): number {
    return this.#groups.reduce((sum, { values }) => sum + values.size, 0);
  }

  set({ family, bits, bytes }: Network, value: Value): void {
    let group = this.#groups.find((other) => other.family === family && other.bits === bits);
    if (group === undefined) {
      group = { family, bits, values: new Map() };
      this.#groups = [...this.#groups, group].toSorted((a, b) => b.bits - a.bits);
    }
    group.values.set(keyOf(bytes), value);
  }

  delete({ family, bits, bytes }: Network): boolean {
    const group = this.#groups.find((other) => other.family === family && other.bits === bits);
    const deleted = group?.values.delete(keyOf(bytes)) ?? false;
    if (group?.values.size === 0) this.#groups = this.#groups.filter((other) => other !== group);
    return deleted;
  }

  /** The value of the narrowest network that holds `address` and whose value `counts`. */
  find(address: string, counts: (value: Value) => boolean = () => true): Value | undefined {
    const parsed = this.#groups.length === 0 ? undefined : parseNormalisedAddress(address);
    if (parsed === undefined) return undefined;
    for (const { family, bits, values } of this.#groups) {
      if (family !== parsed.family) continue;
      const value = values.get(keyOf(maskAddress(parsed.bytes, bits)));
      if (value !== undefined && counts(value)) return value;
    }
    return undefined;
  }

  clear(): void {
    this.#groups = [];
  }
}
