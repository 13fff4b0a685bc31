/** The ways to end a connection, what each needs, and which of them this process may use. */

import { TwinlineError } from '../../../errors/index.ts';
import { type Capability, capabilityNames, hasCapability } from '../system/capabilities.ts';
import { libc } from '../system/libc.ts';
import { canDestroy, destroy } from './destroy.ts';
import { forgedSyn } from './forged-syn.ts';
import type { KillRun } from './kill-run.ts';
import { isHere, type KillTarget } from './kill-target.ts';
import { sniff } from './sniff.ts';

export const killMethodNames = ['destroy', 'forged-syn', 'sniff'] as const;

export type KillMethodName = (typeof killMethodNames)[number];

export interface KillMethod {
  readonly name: KillMethodName;
  readonly needs: Capability;
  /** One sentence for people. */
  readonly says: string;
  /** Whether an end must be on this machine. */
  readonly needsEndHere: boolean;
  /** Whether this kernel has what it takes; for who has the rights. */
  isSupported(): boolean;
  /** Resolves with whether the connection is gone. */
  end(run: KillRun): Promise<boolean>;
}

export const killMethods: readonly KillMethod[] = [
  {
    name: 'destroy',
    needs: 'netAdmin',
    says: 'the kernel aborts the socket at one end (SOCK_DESTROY), and sends a reset to the other',
    needsEndHere: true,
    isSupported: canDestroy,
    end: destroy,
  },
  {
    name: 'forged-syn',
    needs: 'netRaw',
    says: 'a forged SYN makes an end tell its numbers, and two forged resets with them end both',
    needsEndHere: false,
    isSupported: () => true,
    end: forgedSyn,
  },
  {
    name: 'sniff',
    needs: 'netRaw',
    says: 'packets that pass tell the numbers, and two forged resets with them end both',
    needsEndHere: false,
    isSupported: () => true,
    end: sniff,
  },
];

/**
 * The method of that name, or the first that the rights of this process allow and the kernel has. Throws ERR_TWINLINE_SYSTEM with what is missing and
 * what can be done without it.
 */
export function chooseMethod(
  name: KillMethodName | 'auto',
  target: KillTarget,
  methods: readonly KillMethod[] = killMethods,
): KillMethod {
  // Says at once what is missing on this machine, before anything of rights.
  libc();
  const meant = methods.filter((method) => name === 'auto' || method.name === name);
  const possible = meant.filter(({ needsEndHere }) => !needsEndHere || isHere(target));
  if (possible.length === 0) {
    const message = 'No end of this connection is on this machine, so that destroy has nothing to end; forged-syn can.';
    throw new TwinlineError('ERR_TWINLINE_SYSTEM', message);
  }
  const allowed = possible.filter(({ needs }) => hasCapability(needs));
  // One that is named says itself what the kernel lacks.
  const [first] = name === 'auto' && allowed.length > 1 ? allowed.filter((method) => method.isSupported()) : allowed;
  if (first !== undefined) return first;
  const missing = [...new Set(possible.map(({ needs }) => capabilityNames[needs]))].join(' or ');
  throw missingRights(missing);
}

/** For who may not: what is missing, and what needs no rights. */
export function missingRights(missing: string, cause?: unknown): TwinlineError {
  const message =
    `To end a connection of other programs takes root (${missing}), which this process does not have; ` +
    'without it, run client and server through twinline proxy, which can reset either line.';
  return new TwinlineError('ERR_TWINLINE_SYSTEM', message, { cause });
}
