/** Cases in which protection is not to be had: a client that needs it stops before anything of value is sent in clear. */

import type { ClientLab, ClientRun, RogueOptions } from '../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase, type Seen } from '../../engine/lab-case.ts';

export type Refusing = 'stops' | 'names-user' | 'tells-password' | 'goes-on' | 'hangs' | 'crashes';

export type RefusingRecord = Omit<ClientCase<Refusing>, 'side' | 'outcomes' | 'run'> & {
  /** What the server does in this case. */
  readonly rogue: (lab: ClientLab) => RogueOptions | Promise<RogueOptions>;
};

function seenRefusing(run: ClientRun): Seen<Refusing> {
  const { facts } = run;
  if (run.commands.some((line) => /^pass /i.test(line))) return { outcome: 'tells-password', facts };
  if (run.claimsSuccess) return { outcome: 'goes-on', facts };
  if (run.commands.some((line) => /^user /i.test(line))) return { outcome: 'names-user', facts };
  if (run.hung) return { outcome: 'hangs', facts };
  return { outcome: run.crashed ? 'crashes' : 'stops', facts };
}

/** A case that is passed when the client fails before it has told user, password or data. */
export function defineRefusingCase({ rogue, ...record }: RefusingRecord): ClientCase {
  return defineClientCase<Refusing>({
    ...record,
    outcomes: {
      stops: { grade: 'pass', says: 'the client stops before it tells who it is' },
      'names-user': { grade: 'non-strict', says: 'the client names the user, and tells no password' },
      'tells-password': { grade: 'fail', says: 'the client tells the password' },
      'goes-on': { grade: 'broken', says: 'the client goes on and reports success' },
      hangs: { grade: 'non-strict', says: 'the client tells nothing and comes to no end' },
      crashes: { grade: 'fail', says: 'the client crashes' },
    },
    run: async (lab) => seenRefusing(await lab.run(await rogue(lab))),
  });
}
