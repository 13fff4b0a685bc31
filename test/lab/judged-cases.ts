/** Tables of cases with what must be said of our own server and of servers that follow a script. */

import { describe, test } from 'node:test';
import { defaultScripts, type Script, type ScriptedSession } from '../../src/peer/index.ts';
import type { ServerCase, Verdict } from '../../src/lab/index.ts';
import { declare, isDeclaring } from './declared.ts';
import { assertJudged, judgeOurs, judgeScripted } from './judge-server.ts';

type Commands = Readonly<Record<string, Script>>;
type OursOptions = NonNullable<Parameters<typeof judgeOurs>[1]>;
type ScriptedOptions = NonNullable<Parameters<typeof judgeScripted>[1]>;

/** Our own server must be found to be as required, or (with `verdict`) another thing. */
interface OnOurs {
  readonly ours: string;
  readonly verdict?: Verdict;
  readonly options?: OursOptions;
}

interface OnScript {
  readonly verdict: Verdict;
  readonly outcome: string | undefined;
  readonly commands: Commands;
  readonly options: ScriptedOptions & { readonly from?: number };
}

/** The number of the first session that belongs to a case, behind those that make the folder and try a transfer. */
const firstSessionOfCase = 4;

/** `commands` hold from session `from` on: before it, and for what they do not name, the server is a decent one. */
export function scripted(
  verdict: Verdict,
  outcome: string | undefined,
  commands: Commands = {},
  options: OnScript['options'] = {},
): OnScript {
  return { verdict, outcome, commands, options };
}

/** Does that for one argument of a verb, and what the verb does by default for others. */
export function onArgument(verb: string, argument: string, script: Script): Script {
  return (session, given) => session.perform(given === argument ? script : byDefault(verb), given);
}

export function byDefault(verb: string): Script {
  return defaultScripts[verb] ?? `502 ${verb} is not in the script`;
}

function judgeByScript(record: ServerCase, { commands, options }: OnScript): ReturnType<typeof judgeScripted> {
  const { from = firstSessionOfCase, ...more } = options;
  const numbers = new Map<ScriptedSession, number>();
  const wrapped = Object.entries(commands).map(([verb, script]): [string, Script] => [
    verb,
    (session, argument) => session.perform((numbers.get(session) ?? 0) >= from ? script : byDefault(verb), argument),
  ]);
  return judgeScripted(record, {
    greeting: (session) => {
      numbers.set(session, numbers.size + 1);
      return session.reply('220 Scripted server');
    },
    ...more,
    commands: Object.fromEntries(wrapped),
  });
}

/** One test for each peer of each case. */
export function judgesEach(title: string, rows: readonly (readonly [ServerCase, ...(OnOurs | OnScript)[]])[]): void {
  for (const [record, ...peers] of rows) {
    for (const peer of peers) {
      if ('ours' in peer) declare(record, peer.verdict ?? judgedAs(record, peer.ours), peer.ours);
      else declare(record, peer.verdict, peer.outcome);
    }
  }
  if (isDeclaring) return;
  describe(title, { concurrency: 4 }, () => {
    for (const [record, ...peers] of rows) {
      for (const peer of peers) {
        const isOurs = 'ours' in peer;
        const outcome = isOurs ? peer.ours : (peer.outcome ?? peer.verdict);
        test(`${record.id}: ${isOurs ? 'our server' : 'a script'} is found ${outcome}`, async () => {
          if (isOurs)
            assertJudged(await judgeOurs(record, peer.options), peer.verdict ?? judgedAs(record, peer.ours), peer.ours);
          else assertJudged(await judgeByScript(record, peer), peer.verdict, peer.outcome);
        });
      }
    }
  });
}

function judgedAs(record: ServerCase, outcome: string): Verdict {
  return record.outcomes[outcome]?.grade === 'info' ? 'INFO' : 'PASS';
}
