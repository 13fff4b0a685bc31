/** A program of the packet filter by which a packet on loopback, which shows there going and coming, is seen once. */

import { assemble } from '../tcp/wire/connection-filter.ts';

const [loadWord, equal, answer] = [0x20, 0x15, 0x06];
/** SKF_AD_OFF: behind it are facts about a packet in place of its bytes. */
const factsAt = 0xffff_f000;
const fact = { packetType: 4, interfaceIndex: 8 } as const;
/** The first interface of every network namespace. */
const loopback = 1;
const outgoing = 4;

export function eachOnceFilter(isLittleEndian: boolean): Uint8Array {
  return assemble(
    [
      [loadWord, 0, 0, factsAt + fact.interfaceIndex],
      [equal, 0, 3, loopback],
      [loadWord, 0, 0, factsAt + fact.packetType],
      [equal, 0, 1, outgoing],
      [answer, 0, 0, 0],
      [answer, 0, 0, 0xffff_ffff],
    ],
    isLittleEndian,
  );
}
