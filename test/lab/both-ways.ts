/** The tests of one server case: what it says of our own server, and of scripted servers that keep or break the rule. */

import { describe, test } from 'node:test';
import type { ServerCase, Verdict } from '../../src/lab/index.ts';
import type { ScriptedServerOptions, ScriptedSession } from '../../src/testing/index.ts';
import type { TestServerOptions } from '../fixtures/start-server.ts';
import { declare, isDeclaring } from './declared.ts';
import { assertJudged, judgeOurs, type JudgeOptions, judgeScripted } from './judge-server.ts';

type Ours = readonly [verdict: Verdict, outcome?: string, options?: TestServerOptions & JudgeOptions];
type Scripted = readonly [
  name: string,
  options: ScriptedServerOptions & JudgeOptions,
  verdict: Verdict,
  outcome?: string,
];

export function bothWays(record: ServerCase, ours: Ours, scripted: readonly Scripted[]): void {
  declare(record, ours[0], ours[1]);
  for (const [, , verdict, outcome] of scripted) declare(record, verdict, outcome);
  if (isDeclaring) return;
  describe(record.id, { concurrency: true }, () => {
    test(`is ${ours[0]} for our server`, async () => {
      assertJudged(await judgeOurs(record, ours[2]), ours[0], ours[1]);
    });
    for (const [name, options, verdict, outcome] of scripted) {
      test(`is ${verdict} where ${name}`, async () => {
        assertJudged(await judgeScripted(record, options), verdict, outcome);
      });
    }
  });
}

/** Sessions before that of the case: one makes the folder, one puts a file there, one downloads it. */
const preparations = 3;

/** A script for a verb that each session says once, done in the session of the case alone. */
export function inCase(
  verb: 'TYPE' | 'FEAT' | 'AUTH',
  usual: (session: ScriptedSession) => Promise<void>,
  script: (session: ScriptedSession) => void | Promise<void>,
): ScriptedServerOptions {
  let sessions = 0;
  return {
    commands: {
      [verb]: async (session) => {
        sessions += 1;
        await (sessions === preparations + 1 ? script(session) : usual(session));
      },
    },
  };
}

/** Done behind TYPE I, which is the last of what a session of the lab says before a case begins. */
export function behindType(script: (session: ScriptedSession) => void | Promise<void>): ScriptedServerOptions {
  const usual = (session: ScriptedSession): Promise<void> => session.reply('200 Type set');
  return inCase('TYPE', usual, async (session) => {
    await usual(session);
    await script(session);
  });
}

/** A greeting for the session of the case. */
export function greetingInCase(text: string): ScriptedServerOptions {
  let sessions = 0;
  return {
    greeting: async (session) => {
      sessions += 1;
      await session.reply(sessions === preparations + 1 ? text : '220 Scripted server');
    },
  };
}
