/** Chance that comes again: the same seed gives the same choices. */

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1, 1 not included (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = this.#state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `least` to `greatest`, both included. */
  between(least: number, greatest: number): number {
    return least + Math.floor(this.next() * (greatest - least + 1));
  }

  /** One of the choices, of which there must be one. */
  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }

  /** True that often, from 0 to 1. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** Lower-case letters and digits, for names. */
  word(length: number): string {
    return Array.from({ length }, () => letters[this.between(0, letters.length - 1)]).join('');
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; at += 4) {
      const value = Math.floor(this.next() * 4_294_967_296);
      for (let shift = 0; shift < 4 && at + shift < length; shift++) bytes[at + shift] = (value >>> (shift * 8)) & 255;
    }
    return bytes;
  }
}
