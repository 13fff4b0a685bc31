/** What one session of a storm does and how it is cut off: chosen by the seed alone. */

import type { SecureVersion } from 'node:tls';
import { leastMarkedBytes } from './marked-content.ts';
import { randomOf } from './random.ts';

/** Where in a session the cut comes. */
export const moments = [
  'connected',
  'before-login',
  'in-command-line',
  'behind-auth',
  'in-control-handshake',
  'in-login-delay',
  'idle',
  'behind-epsv',
  'in-data-handshake',
  'data-connected',
  'before-150',
  'during-data',
  'behind-last-byte',
  'complete',
] as const;
export type Moment = (typeof moments)[number];

/** By what a line is cut; `close-notify` is FIN on a line in clear. */
export const ways = ['rst', 'fin', 'close-notify', 'silence'] as const;
export type Way = (typeof ways)[number];

export type Operation = 'download' | 'upload' | 'listing';

export interface StormPlan {
  readonly index: number;
  /** Undefined: in clear. */
  readonly tls: SecureVersion | undefined;
  readonly moment: Moment;
  readonly way: Way;
  readonly line: 'control' | 'data';
  readonly operation: Operation;
  /** The server dials. */
  readonly active: boolean;
  /** The data line offers the control line's TLS session. */
  readonly resumes: boolean;
  /** From 0 to 1: how far into the bytes of its moment the cut comes. */
  readonly share: number;
  /** Milliseconds between the moment and the cut, and how long `silence` lasts. */
  readonly delayMs: number;
  readonly silenceMs: number;
  readonly upload: { readonly name: string; readonly length: number; readonly seed: number };
}

const dataMoments: readonly Moment[] = [
  'in-data-handshake',
  'data-connected',
  'before-150',
  'during-data',
  'behind-last-byte',
];

/** How often a moment is chosen: data in flight most often. */
const weights: Partial<Record<Moment, number>> = { 'during-data': 6, 'before-150': 3, 'behind-last-byte': 3 };
const weighted = moments.flatMap((moment) => Array.from({ length: weights[moment] ?? 1 }, () => moment));

export function planOf(seed: number, index: number): StormPlan {
  const random = randomOf(seed, index);
  const moment = random.pick(weighted);
  const operation = random.pick(['download', 'upload', 'listing'] as const);
  const needsTls = moment === 'behind-auth' || moment === 'in-control-handshake' || moment === 'in-data-handshake';
  const tls = random.pick(needsTls ? (['TLSv1.2', 'TLSv1.3'] as const) : ([undefined, 'TLSv1.2', 'TLSv1.3'] as const));
  const line = dataMoments.includes(moment) && random.chance(0.4) ? 'data' : 'control';
  const way = random.pick(ways);
  // The orderly end of an upload in clear, and close_notify under TLS, say that the file is whole: no cut.
  const saysWhole = operation === 'upload' && line === 'data' && (way === 'close-notify' || (way === 'fin' && !tls));
  return {
    index,
    tls,
    moment,
    line,
    operation,
    way: saysWhole ? 'rst' : way,
    active: random.chance(0.15),
    resumes: random.chance(0.8),
    share: random.next(),
    delayMs: random.chance(0.5) ? 0 : random.between(1, 20),
    silenceMs: random.between(20, 300),
    upload: {
      // Now and then many uploads go to one name: the last whole one must win, and never a mixture.
      name: random.chance(0.1) ? `shared-${random.between(0, 3)}.bin` : `up-${index}.bin`,
      length: random.between(leastMarkedBytes, random.pick([1_000, 100_000, 1_500_000])),
      seed: random.between(0, 0x7fff_ffff),
    },
  };
}
