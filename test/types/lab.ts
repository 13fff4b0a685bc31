/** What the types of `twinline/lab` promise to who writes a case: compiled against the sources here, and against the packed declarations. */

import {
  type CaseReport,
  classOf,
  type ClientCase,
  defineClientCase,
  defineServerCase,
  type labExitCode,
  type LabReport,
  type LabSession,
  NotImplemented,
  runServerLab,
  selectCases,
  type ServerCase,
  serverCases,
  type ServerLab,
  type Verdict,
} from 'twinline/lab';

/** True when both are the same type, `any` and readonly marks included. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the types are equal. */
function holds<Claim extends true>(): Claim | undefined {
  return undefined;
}

const record = {
  row: 'A01',
  area: 'control',
  level: 'MUST',
  clause: 'engineering',
  requirement: 'It holds.',
  advice: 'Let it hold.',
} as const;

const outcomes = {
  fine: { grade: 'pass', says: 'it holds' },
  not: { grade: 'broken', says: 'it does not hold' },
} as const;

export const onServers: ServerCase = defineServerCase({
  ...record,
  id: 'engineering/types/on-servers',
  outcomes,
  needs: ['tls', 'write'],
  async run(lab) {
    holds<Equal<typeof lab, ServerLab>>();
    const session = await lab.open();
    holds<Equal<typeof session, LabSession>>();
    const reply = await session.command('NOOP');
    if (reply.code === 502) throw new NotImplemented('NOOP', reply);
    return { outcome: classOf(reply) === 2 ? 'fine' : 'not', facts: reply.text };
  },
});

export const withAnOutcomeItDoesNotHave = defineServerCase({
  ...record,
  id: 'engineering/types/other-outcome',
  // @ts-expect-error: `other` is none of them
  outcomes,
  run: () => Promise.resolve('other' as const),
});

export const onClients: ClientCase = defineClientCase({
  ...record,
  id: 'engineering/types/on-clients',
  task: 'download',
  outcomes,
  run: () => Promise.resolve('fine' as const),
});

/** Never called: the compiler is what reads it. */
export async function promises(): Promise<void> {
  const report = await runServerLab({
    target: { host: 'localhost', port: 21, security: 'explicit', user: 'anna', password: 'pw' },
    targetText: 'ftpes://localhost',
    cases: [...selectCases(serverCases, { only: ['smoke'], skip: ['N'] }), onServers],
    seed: 1,
    parallel: 1,
    tool: 'types',
  });
  holds<Equal<typeof report, LabReport>>();
  holds<Equal<(typeof report.cases)[number], CaseReport>>();
  holds<Equal<(typeof report.cases)[number]['verdict'], Verdict>>();
  // @ts-expect-error: a report is read only
  report.seed = 2;
  holds<Equal<ReturnType<typeof labExitCode>, 0 | 1 | 2 | 3 | 70>>();
}
