/** The cases about security and resources, each with a peer that keeps the rule and one that breaks it. */

import { connect } from 'node:net';
import { fullStorage } from '../../src/lab/cases/server/engineering/full-storage.ts';
import { silentReader, slowCommand } from '../../src/lab/cases/server/engineering/slow-peers.ts';
import { unusedPorts } from '../../src/lab/cases/server/engineering/unused-ports.ts';
import { bounce } from '../../src/lab/cases/server/rfc2577/bounce.ts';
import { passwordGuessing, unknownUser } from '../../src/lab/cases/server/rfc2577/guessing.ts';
import { portStealing } from '../../src/lab/cases/server/rfc2577/port-stealing.ts';
import { resumedByAnother } from '../../src/lab/cases/server/rfc2577/resumed-by-another.ts';
import { Secret } from '../../src/users/index.ts';
import type { ScriptedSession } from '../../src/testing/index.ts';
import { bothWays } from './both-ways.ts';
import { judgedTest } from './declared.ts';
import { judgeOurs } from './judge-server.ts';
import { byDefault } from './judged-cases.ts';

const target = { secondAddress: '127.0.0.2' };

bothWays(
  bounce,
  ['PASS', 'refused', { target }],
  [
    [
      'the server goes wherever PORT says',
      {
        target,
        commands: {
          PORT: (session, words) => {
            const [high = 0, low = 0] = words.split(',').slice(4).map(Number);
            connect({ host: words.split(',').slice(0, 4).join('.'), port: high * 256 + low }).on(
              'error',
              () => undefined,
            );
            return session.reply('200 Fine');
          },
          NLST: '425 Nobody there',
        },
      },
      'NON-STRICT',
      'connected',
    ],
    ['nobody is connected to', { target, commands: { PORT: '200 Fine', NLST: '425 No' } }, 'PASS', 'refused-later'],
    ['there is no other address', {}, 'SKIP'],
  ],
);

bothWays(
  portStealing,
  ['PASS', 'served', { target }],
  [
    ['the first one gets the file', { target }, 'NON-STRICT', 'stolen'],
    [
      'the transfer is refused',
      {
        target,
        commands: {
          RETR: async (session, name) => {
            if (session.commands.filter((line) => line.startsWith('RETR')).length > 5) return;
            const line = await session.acceptRawData();
            if (line.raw.remoteAddress === '127.0.0.2') {
              line.destroy();
              await session.reply('425 Who is that?');
              return;
            }
            await session.reply('150 Here it comes');
            await session.acceptData();
            await line.write(session.uploads.get(name) ?? Buffer.alloc(0));
            await session.endData(line);
            await session.reply('226 Done');
          },
        },
        dataTlsStart: 'on-transfer',
      },
      'PASS',
      'blocked',
    ],
  ],
);

/** Replies that differ by the name. */
const byName = (known: string, unknown: string) => ({
  commands: { USER: (session: ScriptedSession, name: string) => session.reply(name === 'user' ? known : unknown) },
});

bothWays(
  unknownUser,
  ['PASS', 'asked'],
  [
    ['unknown names are refused at once', byName('331 Word?', '530 Who?'), 'NON-STRICT', 'told'],
    ['unknown names are taken', byName('331 Word?', '230 In'), 'NON-STRICT', 'other-code'],
  ],
);

/** Refuses every name but one, and does something at the third. */
const guarded = (third: (session: ScriptedSession) => Promise<void>) => ({
  commands: {
    PASS: async (session: ScriptedSession) => {
      const names = session.commands.filter((line) => line.startsWith('USER'));
      if (names.at(-1) === 'USER user') await session.reply('230 In');
      else if (names.length === 3) await third(session);
      else await session.reply('530 No');
    },
  },
});

bothWays(
  passwordGuessing,
  ['PASS', 'ended-by-421'],
  [
    ['there is no end of tries', guarded((session) => session.reply('530 No')), 'NON-STRICT', 'endless'],
    ['everybody is let in', {}, 'FAIL', 'logged-in'],
    [
      'the session ends without a word',
      guarded(async (session) => {
        await session.reply('530 No');
        session.control.closeNotifyThenFin();
      }),
      'NON-STRICT',
      'ended',
    ],
  ],
);

bothWays(
  unusedPorts,
  ['PASS', 'freed'],
  [
    ['the server stops to open ports', refusing(), 'PASS', 'bounded'],
    ['no transfer is to be had any more', noTransfer(), 'FAIL', 'no-transfer'],
  ],
);

/** Opens ten data ports and no more. */
function refusing() {
  const open = async (session: ScriptedSession): Promise<void> => {
    const asked = session.commands.filter((line) => line === 'EPSV').length;
    await session.reply(asked > 10 ? '425 Too many' : `229 Here (|||${await session.openData()}|)`);
  };
  return { commands: { EPSV: open, PASV: '425 Too many' } };
}

/** Serves nothing to who has asked for many ports. */
function noTransfer() {
  const RETR = (session: ScriptedSession, name: string): Promise<void> =>
    session.perform(session.commands.length > 100 ? '425 Worn out' : byDefault('RETR'), name);
  return { commands: { RETR } };
}

const quick = { timeouts: { idleMs: 500 } };

/** Something behind the greeting of the session of the case. */
function greetedOnce(script: (session: ScriptedSession) => Promise<void>) {
  let sessions = 0;
  return {
    greeting: async (session: ScriptedSession): Promise<void> => {
      await session.reply('220 Here');
      sessions += 1;
      if (sessions === 4) await script(session);
    },
  };
}

bothWays(
  slowCommand,
  ['NON-STRICT', 'held', quick],
  [
    [
      'single bytes end the session',
      {
        ...quick,
        ...greetedOnce(async (session) => {
          const slow = (unread: Buffer): number | undefined => (unread.toString() === 'NNN' ? 0 : undefined);
          await session.control.take(slow, 'slow bytes');
          session.control.destroy();
        }),
      },
      'PASS',
      'ended',
    ],
  ],
);

judgedTest(
  'engineering/resources/silent-reader is PASS for our server with a short timer',
  silentReader,
  () => judgeOurs(silentReader, { limits: { stallMs: 500 }, timeouts: { idleMs: 20_000 } }),
  'PASS',
);

bothWays(
  silentReader,
  ['INFO', 'held', quick],
  [
    [
      'what nobody has read is confirmed',
      {
        ...quick,
        commands: {
          RETR: async (session: ScriptedSession, name: string) => {
            const bytes = session.uploads.get(name) ?? Buffer.alloc(0);
            await session.reply('150 Here it comes');
            const line = await session.acceptData();
            // The transfers around the case are as they should be; its own file is large.
            if (bytes.length < 8_000_000) {
              await line.write(bytes);
              await session.endData(line);
            }
            await session.reply('226 Done');
          },
        },
      },
      'FAIL',
      'confirmed',
    ],
  ],
);

bothWays(
  resumedByAnother,
  ['PASS', 'refused', { target }],
  [
    ['everybody is taken', { target }, 'NON-STRICT', 'taken'],
    ['the marker is forgotten', { target, commands: { REST: '350 Whatever' } }, 'FAIL', 'spoiled'],
    ['there is no REST', { target, commands: { REST: '502 No' } }, 'UNIMPLEMENTED'],
    ['there is no other address', {}, 'SKIP'],
  ],
);

const quotaBytes = 600_000;
const full = { target: { quotaBytes } };

/** STOR that takes what comes and says this; with `early` it says it in the middle and does not end the line. */
function takes(reply: string, early = false) {
  const STOR = async (session: ScriptedSession, name: string): Promise<void> => {
    // The lab needs files of its own first.
    if (session.files[name] !== undefined || !session.commands.some((line) => line.startsWith('AVBL'))) {
      await session.perform(byDefault('STOR'), name);
      return;
    }
    await session.reply('150 Send it');
    const line = await session.acceptData();
    line.discard();
    if (early) await line.untilReceived(300_000);
    else await line.readToEnd();
    if (!early) line.destroy();
    await session.reply(reply);
  };
  return { commands: { AVBL: `213 ${quotaBytes}`, STOR } };
}

bothWays(
  fullStorage,
  ['PASS', 'told', { ...full, users: [{ name: 'user', password: new Secret('pass'), quotaBytes }] }],
  [
    ['the upload is said to be done', takes('226 Done'), 'FAIL', 'confirmed'],
    ['it is refused by 552', takes('552 Full'), 'PASS', 'told'],
    ['it is refused by 550', takes('550 No'), 'NON-STRICT', 'other-code'],
    ['the data line is left open', takes('552 Full', true), 'FAIL', 'left-open'],
    ['everything fits', { commands: { AVBL: `213 ${quotaBytes}` } }, 'INFO', 'fits'],
    ['nobody tells how much room there is', {}, 'SKIP'],
    ['there is too much room', { commands: { AVBL: '213 1000000000000' } }, 'SKIP'],
  ],
);
