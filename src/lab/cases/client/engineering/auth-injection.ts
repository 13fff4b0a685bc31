/** B12: replies in clear that an attacker puts behind the 234 must not be taken for replies under TLS. */

import { setTimeout as sleep } from 'node:timers/promises';
import { defaultScripts, type Script, type ScriptedSession } from '../../../../peer/index.ts';
import { defineClientCase } from '../../../engine/lab-case.ts';

/** How long the first command under TLS is left unanswered, in milliseconds. */
const silenceMs = 700;
const firstCommands = ['USER', 'PBSZ', 'PROT', 'FEAT', 'SYST', 'HOST', 'CLNT', 'OPTS', 'PASS', 'NOOP'];

export const authInjection = defineClientCase({
  id: 'engineering/auth-injection-into-client',
  row: 'B12',
  area: 'security',
  level: 'MUST',
  clause: 'engineering',
  requirement: 'Bytes in clear behind the 234 are never taken for replies under TLS.',
  outcomes: {
    refuses: { grade: 'pass', says: 'the client ends the session' },
    discards: { grade: 'pass', says: 'the client throws the bytes away and goes on' },
    believes: {
      grade: 'broken',
      says: 'the client takes the injected replies for the answers to its commands under TLS',
    },
    hangs: { grade: 'non-strict', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice:
    'Refuse the session when anything in clear stands behind the 234; at least empty the buffer before TLS begins.',
  smoke: true,
  task: 'download',
  async run(lab) {
    let isBelieved = false;
    let isFirst = true;
    const withSilence =
      (verb: string): Script =>
      async (session: ScriptedSession, argument: string) => {
        if (isFirst) {
          isFirst = false;
          await sleep(silenceMs);
          // Whoever sends a second command has had an answer to the first, and none was given.
          isBelieved = session.control.unread().length > 0;
        }
        await session.perform(defaultScripts[verb] ?? '502 No such thing', argument);
      };
    const commands = Object.fromEntries(firstCommands.map((verb) => [verb, withSilence(verb)]));
    const run = await lab.run({
      commands: {
        ...commands,
        AUTH: async (session) => {
          lab.fault('replies in clear behind the 234', 'control 1');
          await session.send('234 Starting TLS\r\n331 Injected\r\n230 Injected\r\n200 Injected\r\n');
          await session.upgrade();
        },
      },
    });
    const { facts } = run;
    if (isBelieved) return { outcome: 'believes', facts };
    if (run.hung) return { outcome: 'hangs', facts };
    if (run.crashed) return { outcome: 'crashes', facts };
    return { outcome: run.claimsSuccess ? 'discards' : 'refuses', facts };
  },
});
