/** The cases about the control stream, each with a peer that keeps the rule and one that breaks it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'node:test';
import { endlessCommandLine, longCommandLine } from '../../src/lab/cases/server/engineering/long-command-line.ts';
import { commandInPieces, commandsInOneSegment } from '../../src/lab/cases/server/rfc1123/command-boundaries.ts';
import { idleInTransfer, idleTimeout } from '../../src/lab/cases/server/rfc1123/idle-timeout.ts';
import { bareLineFeed } from '../../src/lab/cases/server/rfc959/bare-line-feed.ts';
import { greeting } from '../../src/lab/cases/server/rfc959/greeting.ts';
import { passwordFirst, userTwice } from '../../src/lab/cases/server/rfc959/login-order.ts';
import { carriageReturnInside, nulInPath, telnetCommandInside } from '../../src/lab/cases/server/rfc959/odd-bytes.ts';
import { tooManySessions } from '../../src/lab/cases/server/rfc959/too-many-sessions.ts';
import { structureMount, unknownVerb } from '../../src/lab/cases/server/rfc959/unknown-verbs.ts';
import type { ScriptedServerOptions, ScriptedSession } from '../../src/testing/index.ts';
import { behindType, bothWays, greetingInCase } from './both-ways.ts';
import { judgedTest } from './declared.ts';
import { judgeOurs, judgeScripted } from './judge-server.ts';

bothWays(
  greeting,
  ['PASS', 'ready'],
  [
    ['120 comes first', greetingInCase('120 Soon\r\n220 Now'), 'PASS', 'delayed'],
    ['421 comes', greetingInCase('421 Full'), 'PASS', 'busy'],
    ['120 comes alone', greetingInCase('120 Soon'), 'FAIL', 'never-ready'],
    ['230 comes', greetingInCase('230 Logged in'), 'FAIL', 'other'],
  ],
);

/** A server that takes each segment for a command, as careless ones do. */
function bySegments(): ScriptedServerOptions {
  return behindType(async (session) => {
    for (;;) {
      const piece = await session.control.take((unread) => unread.length || undefined, 'a segment', 60_000);
      const [verb = ''] = piece
        .toString()
        .trim()
        .split(/[ \r\n]/);
      await session.reply(verb === 'NOOP' || verb === 'TYPE' ? '200 Fine' : verb === 'PWD' ? '257 "/"' : '500 What?');
    }
  });
}

/** Aborted when the control line ends. */
function endOf(session: ScriptedSession): AbortSignal {
  const control = new AbortController();
  void session.control.ended.then(() => control.abort());
  return control.signal;
}

bothWays(
  commandInPieces,
  ['PASS', 'once'],
  [
    ['every piece is taken for a command', bySegments(), 'FAIL', 'more-than-once'],
    ['NOOP is unknown', { commands: { NOOP: '500 What?' } }, 'FAIL', 'refused'],
  ],
);

bothWays(
  commandsInOneSegment,
  ['PASS', 'in-order'],
  [
    ['all but the first command is lost', bySegments(), 'FAIL', 'missing'],
    ['two replies come to one command', { commands: { PWD: '257 "/"\r\n200 Fine' } }, 'FAIL'],
  ],
);

bothWays(
  bareLineFeed,
  ['INFO', 'refused'],
  [
    ['a line waits for its CR LF', {}, 'INFO', 'waited'],
    ['LF is taken', bySegments(), 'INFO', 'taken'],
    [
      'nothing is answered any more',
      behindType((session) => sleep(60_000, undefined, { signal: endOf(session) }).catch(() => undefined)),
      'FAIL',
      'stuck',
    ],
  ],
);

bothWays(
  longCommandLine,
  ['PASS', 'refused'],
  [
    [
      'a long line is cut into several commands',
      { commands: { CWD: async (session) => session.reply('500 Too long\r\n200 Fine') } },
      'FAIL',
      'split',
    ],
    ['a long line is taken', {}, 'NON-STRICT', 'accepted'],
    ['the session ends', { commands: { CWD: (session) => session.control.destroy() } }, 'PASS', 'closed'],
  ],
);

bothWays(
  endlessCommandLine,
  ['PASS', 'refused'],
  [
    ['the line is gathered and refused', {}, 'PASS', 'dropped'],
    [
      'the line is gathered and taken',
      behindType(async (session) => {
        await session.nextCommand();
        await session.reply('200 Fine');
      }),
      'NON-STRICT',
      'gathered',
    ],
  ],
);

bothWays(
  nulInPath,
  ['PASS', 'refused'],
  [
    ['the path is cut at NUL', {}, 'NON-STRICT', 'cut'],
    ['NUL ends the session', { commands: { CWD: (session) => session.control.destroy() } }, 'NON-STRICT', 'closed'],
  ],
);

bothWays(
  carriageReturnInside,
  ['PASS', 'one-command'],
  [['CR ends a command', { commands: { CWD: '550 No such folder\r\n257 "/"' } }, 'FAIL', 'smuggled']],
);

bothWays(
  telnetCommandInside,
  ['INFO', 'skipped'],
  [
    [
      'IAC begins a wait for more that never comes',
      behindType(async (session) => {
        await session.nextCommand();
        await session.control.ended;
      }),
      'FAIL',
      'stuck',
    ],
    ['IAC is taken for a part of the verb', {}, 'INFO', 'refused'],
    [
      'IAC ends the session',
      behindType(async (session) => {
        await session.nextCommand();
        session.control.destroy();
      }),
      'INFO',
      'closed',
    ],
  ],
);

bothWays(
  unknownVerb,
  ['PASS', 'unrecognised'],
  [
    ['502 comes', {}, 'NON-STRICT', 'unimplemented'],
    ['550 comes', { commands: { XYZZ: '550 No' } }, 'FAIL', 'other-refusal'],
    ['200 comes', { commands: { XYZZ: '200 Fine' } }, 'FAIL', 'accepted'],
  ],
);

bothWays(
  structureMount,
  ['INFO', 'implemented'],
  [
    ['502 comes', {}, 'PASS', 'unimplemented'],
    ['220 comes', { commands: { SMNT: '220 Fine' } }, 'FAIL', 'other'],
  ],
);

bothWays(
  passwordFirst,
  ['PASS', 'bad-sequence'],
  [
    ['PASS alone logs in', {}, 'FAIL', 'logged-in'],
    ['PASS alone is answered 331', { commands: { PASS: passUnlessUser('331 Go on') } }, 'FAIL', 'asks-on'],
    ['PASS alone is answered 530', { commands: { PASS: passUnlessUser('530 Who?') } }, 'NON-STRICT', 'other-refusal'],
  ],
);

function passUnlessUser(text: string) {
  return (session: ScriptedSession) =>
    session.reply(session.commands.some((line) => line.startsWith('USER')) ? '230 Logged in' : text);
}

bothWays(
  userTwice,
  ['PASS', 'second-counts'],
  [
    [
      'the first name counts',
      {
        commands: {
          PASS: (session) =>
            session.reply(
              session.commands.find((line) => line.startsWith('USER')) === 'USER user' ? '230 In' : '530 No',
            ),
        },
      },
      'FAIL',
      'second-ignored',
    ],
    [
      'a second USER is refused',
      {
        commands: {
          USER: (session) =>
            session.reply(
              session.commands.filter((line) => line.startsWith('USER')).length > 1 ? '503 No' : '331 Word?',
            ),
        },
      },
      'INFO',
      'second-refused',
    ],
  ],
);

describe(tooManySessions.id, { concurrency: true }, () => {
  const bounded = () => judgeOurs(tooManySessions, { limits: { maxSessions: 20 } });
  judgedTest('is PASS for our server with a bound', tooManySessions, bounded, 'PASS', 'told');

  for (const [name, words, verdict, outcome] of [
    ['are closed without a word', [], 'FAIL', 'without-421'],
    ['are told 530', ['530 Full'], 'FAIL', 'other-code'],
  ] as const) {
    const crowded = () => {
      let open = 0;
      return judgeScripted(tooManySessions, {
        greeting: async (session) => {
          open += 1;
          void session.control.ended.then(() => (open -= 1));
          if (open < 10) await session.reply('220 Scripted server');
          else {
            for (const word of words) await session.reply(word);
            session.control.destroy();
          }
        },
      });
    };
    judgedTest(`is ${verdict} where connections too many ${name}`, tooManySessions, crowded, verdict, outcome);
  }
});

/** Far shorter than the five minutes of RFC 1123. */
const quick = { timeouts: { idleMs: 600 } };

describe('idle sessions', { concurrency: true }, () => {
  judgedTest('are kept by our server', idleTimeout, () => judgeOurs(idleTimeout, quick), 'PASS', 'kept');
  const ours = () => judgeOurs(idleInTransfer, quick);
  judgedTest('are kept by our server while data move', idleInTransfer, ours, 'PASS', 'kept');

  for (const [text, outcome] of [
    ['421 Idle', 'too-early'],
    [undefined, 'without-421'],
  ] as const) {
    const hasty = () => {
      const ends = behindType(async (session) => {
        if (text !== undefined) await session.reply(text);
        session.control.destroy();
      });
      return judgeScripted(idleTimeout, { ...ends, ...quick });
    };
    judgedTest(`are found to be ended too early with ${text ?? 'nothing'}`, idleTimeout, hasty, 'NON-STRICT', outcome);
  }

  const endsInTransfer = () =>
    judgeScripted(idleInTransfer, {
      ...quick,
      commands: {
        RETR: async (session, name) => {
          const bytes = session.uploads.get(name) ?? Buffer.alloc(0);
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(bytes.subarray(0, 64 * 1024));
          if (bytes.length > 64 * 1024) {
            await session.reply('421 Idle');
            session.control.destroy();
          } else {
            await session.endData(line);
            await session.reply('226 Done');
          }
        },
      },
    });
  const title = 'are found to be ended while data move';
  judgedTest(title, idleInTransfer, endsInTransfer, 'NON-STRICT', 'ended-in-transfer');
});
