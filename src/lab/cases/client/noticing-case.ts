/** Cases whose server does something wrong that a client must notice: it is not to report success. */

import type { ClientLab, ClientRun, RogueOptions } from '../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase, type Seen } from '../../engine/lab-case.ts';

export type Noticing = 'notices' | 'believes' | 'hangs' | 'crashes';

export type NoticingRecord = Omit<ClientCase<Noticing>, 'side' | 'outcomes' | 'run'> & {
  /** What a client has done that reports success. */
  readonly believed: string;
  /** What the server does in this case. */
  readonly rogue: (lab: ClientLab) => RogueOptions | Promise<RogueOptions>;
};

export function seenNoticing(run: ClientRun): Seen<Noticing> {
  const { facts } = run;
  if (run.hung) return { outcome: 'hangs', facts };
  if (run.crashed) return { outcome: 'crashes', facts };
  return { outcome: run.claimsSuccess ? 'believes' : 'notices', facts };
}

export const noticingOutcomes = {
  notices: { grade: 'pass', says: 'the client reports a failure' },
  hangs: { grade: 'broken', says: 'the client comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

/** A case that is passed when the client reports a failure. */
export function defineNoticingCase({ rogue, believed, ...record }: NoticingRecord): ClientCase {
  return defineClientCase<Noticing>({
    ...record,
    outcomes: { ...noticingOutcomes, believes: { grade: 'broken', says: believed } },
    run: async (lab) => seenNoticing(await lab.run(await rogue(lab))),
  });
}
