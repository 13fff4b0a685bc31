/** Cases whose server does something that a client must get along with: the transfer is to come out whole. */

import type { ClientLab, ClientRun, RogueOptions } from '../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase, type OutcomeRecord, type Seen } from '../../engine/lab-case.ts';

export type Coping = 'works' | 'fails' | 'wrong' | 'hangs' | 'crashes';

export type CopingRecord = Omit<ClientCase<Coping>, 'side' | 'outcomes' | 'run'> & {
  /** Where an outcome is to be taken otherwise than in `copingOutcomes`. */
  readonly except?: { readonly [O in Coping]?: OutcomeRecord };
  /** The case is about EPSV. */
  readonly needsExtendedPassive?: boolean;
  /** What the server does in this case. */
  readonly rogue: (lab: ClientLab) => RogueOptions | Promise<RogueOptions>;
};

/** Whether what was to be moved, or shown, is where it belongs. */
export function isWhole(run: ClientRun, task: ClientCase['task'], remote: string): boolean {
  if (task === 'list') return run.stdout.includes(remote);
  if (task === 'upload') return [...run.server.uploads.values()].some((bytes) => bytes.equals(run.content));
  return run.local === 'whole';
}

function seenCoping(run: ClientRun, task: ClientCase['task'], remote: string): Seen<Coping> {
  const { facts } = run;
  if (run.hung) return { outcome: 'hangs', facts };
  if (run.crashed) return { outcome: 'crashes', facts };
  if (!run.claimsSuccess) return { outcome: 'fails', facts };
  return { outcome: isWhole(run, task, remote) ? 'works' : 'wrong', facts };
}

const copingOutcomes = {
  works: { grade: 'pass', says: 'the client gets along with it' },
  fails: { grade: 'broken', says: 'the client gives up' },
  wrong: { grade: 'fail', says: 'the client reports success, and what it was to move is not there' },
  hangs: { grade: 'broken', says: 'the client comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

/** A case that is passed when the transfer comes out whole. */
export function defineCopingCase({ rogue, except = {}, needsExtendedPassive, ...record }: CopingRecord): ClientCase {
  return defineClientCase<Coping>({
    ...record,
    outcomes: { ...copingOutcomes, ...except },
    async run(lab) {
      const run = await lab.run(await rogue(lab));
      if (needsExtendedPassive === true) lab.needExtendedPassive(run);
      return seenCoping(run, record.task, lab.remote);
    },
  });
}

/** For what a client may take or refuse, as long as it does not hang. */
export const mayRefuse = {
  works: { grade: 'pass', says: 'the client goes on' },
  fails: { grade: 'pass', says: 'the client gives up with an error' },
  hangs: { grade: 'non-strict', says: 'the client comes to no end' },
} as const;
