/** The cases about PBSZ and PROT, each with a peer that keeps the rule and one that breaks it. */

import { test } from 'node:test';
import { badBufferSize, bufferSizeInClear, largeBufferSize } from '../../src/lab/cases/server/rfc2228/buffer-size.ts';
import {
  protectionConfidential,
  protectionSafe,
  protectionUnknown,
} from '../../src/lab/cases/server/rfc2228/protection-levels.ts';
import { clearDataAsked, firstProtection } from '../../src/lab/cases/server/rfc4217/clear-data.ts';
import { protectionBehindPort } from '../../src/lab/cases/server/rfc4217/protection-behind-port.ts';
import { bufferSizeZero, protectionFirst } from '../../src/lab/cases/server/rfc4217/protection-order.ts';
import { clearBytesForTls, helloInClear } from '../../src/lab/cases/server/rfc4217/wrong-data-bytes.ts';
import type { ScriptedSession } from '../../src/testing/index.ts';
import { bothWays } from './both-ways.ts';
import { judgedTest } from './declared.ts';
import { assertJudged, judgeOurs, judgeScripted } from './judge-server.ts';

/** PROT P as everywhere, and something else for other levels. */
function otherLevel(text: string) {
  return (session: ScriptedSession, level: string) => {
    if (level === 'P') session.protection = 'P';
    return session.reply(level === 'P' ? '200 Private' : text);
  };
}

/** A transfer that is refused, and the usual one under PROT P. */
function refusedInClear(text: string) {
  return async (session: ScriptedSession, name: string): Promise<void> => {
    if (session.protection === 'C') return session.reply(text);
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(session.uploads.get(name) ?? Buffer.alloc(0));
    await session.endData(line);
    return session.reply('226 Done');
  };
}

bothWays(
  bufferSizeInClear,
  ['PASS', 'bad-sequence'],
  [
    ['PBSZ is taken in clear', {}, 'FAIL', 'accepted'],
    [
      'PBSZ in clear is answered 530',
      { commands: { PBSZ: (session) => session.reply(session.control.tls === undefined ? '530 No' : '200 PBSZ=0') } },
      'NON-STRICT',
      'other-refusal',
    ],
  ],
);

bothWays(
  protectionFirst,
  ['PASS', 'bad-sequence'],
  [
    ['PROT is taken without PBSZ', {}, 'FAIL', 'accepted'],
    [
      'PROT without PBSZ is answered 536',
      {
        commands: {
          PROT: (session) => {
            const isAsked = session.commands.some((line) => line.startsWith('PBSZ'));
            if (isAsked) session.protection = 'P';
            return session.reply(isAsked ? '200 Private' : '536 No');
          },
        },
      },
      'NON-STRICT',
      'other-refusal',
    ],
  ],
);

bothWays(bufferSizeZero, ['PASS', 'accepted'], []);
const refusingAgain = () => {
  let asked = 0;
  return judgeScripted(bufferSizeZero, {
    commands: {
      PBSZ: (session) => {
        asked += 1;
        return session.reply(asked === 4 ? '501 No' : '200 PBSZ=0');
      },
    },
  });
};
judgedTest('a PBSZ 0 that is refused behind a login is found', bufferSizeZero, refusingAgain, 'FAIL', 'other-code');

const sized = (text: string) => ({
  commands: { PBSZ: (session: ScriptedSession, size: string) => session.reply(size === '0' ? '200 PBSZ=0' : text) },
});
bothWays(
  largeBufferSize,
  ['PASS', 'smaller'],
  [
    ['no size is named', sized('200 Fine'), 'INFO', 'as-asked'],
    ['501 comes', sized('501 Only 0'), 'INFO', 'refused'],
    ['a larger size is named', sized('200 PBSZ=9999999'), 'FAIL', 'larger'],
    ['503 comes', sized('503 No'), 'FAIL', 'other-code'],
  ],
);
bothWays(
  badBufferSize,
  ['PASS', 'refused'],
  [
    ['everything is taken', sized('200 PBSZ=0'), 'FAIL', 'accepted'],
    ['503 comes', sized('503 No'), 'NON-STRICT', 'other-refusal'],
  ],
);

for (const record of [protectionSafe, protectionConfidential]) {
  bothWays(
    record,
    ['PASS', 'refused'],
    [
      ['the level is taken', { commands: { PROT: otherLevel('200 Fine') } }, 'FAIL', 'accepted'],
      ['504 comes', { commands: { PROT: otherLevel('504 No') } }, 'NON-STRICT', 'other-refusal'],
      ['521 comes', { commands: { PROT: otherLevel('521 No') } }, 'FAIL', 'other-code'],
    ],
  );
}
bothWays(
  protectionUnknown,
  ['PASS', 'refused'],
  [
    ['the level is taken', { commands: { PROT: otherLevel('200 Fine') } }, 'FAIL', 'accepted'],
    ['536 comes', { commands: { PROT: otherLevel('536 No') } }, 'NON-STRICT', 'other-refusal'],
  ],
);

bothWays(
  clearDataAsked,
  ['PASS', 'refused-at-prot'],
  [
    ['data go in clear', { dataTlsStart: 'on-transfer' }, 'INFO', 'clear-allowed'],
    ['521 comes at the transfer', { commands: { RETR: refusedInClear('521 No') } }, 'PASS', 'refused-at-transfer'],
    ['550 comes at the transfer', { commands: { RETR: refusedInClear('550 No') } }, 'NON-STRICT', 'other-code'],
    [
      'the server goes on with TLS',
      { commands: { PROT: (session) => ((session.protection = 'P'), session.reply('200 Fine')) } },
      'FAIL',
      'still-private',
    ],
  ],
);

bothWays(
  firstProtection,
  ['PASS', 'clear', { tls: 'optional' }],
  [
    ['521 comes', { commands: { RETR: refusedInClear('521 No') } }, 'PASS', 'refused'],
    ['550 comes', { commands: { RETR: refusedInClear('550 No') } }, 'NON-STRICT', 'other-refusal'],
    [
      'data are private from the first',
      {
        commands: {
          PASS: (session) => {
            session.protection = 'P';
            return session.reply('230 In');
          },
        },
      },
      'FAIL',
      'private',
    ],
  ],
);

test('where data must be private, our server refuses the first transfer, and no opener', async () => {
  assertJudged(await judgeOurs(firstProtection), 'PASS', 'refused');
});

bothWays(
  protectionBehindPort,
  ['PASS', 'applied'],
  [
    ['EPSV and PASV are refused', { commands: { EPSV: noPortInClear, PASV: '521 No' } }, 'NON-STRICT', 'port-refused'],
    ['the level of EPSV counts', { commands: { PROT: levelOfPort } }, 'FAIL', 'old-level'],
    ['the level of RETR counts', { dataTlsStart: 'on-transfer' }, 'PASS', 'applied'],
  ],
);

test('PROT P behind EPSV counts in our server where data in clear are allowed', async () => {
  assertJudged(await judgeOurs(protectionBehindPort, { tls: 'optional' }), 'PASS', 'applied');
});

/** A data port that is refused before PROT P. */
async function noPortInClear(session: ScriptedSession): Promise<void> {
  if (session.protection === 'C') await session.reply('521 No');
  else await session.reply(`229 Entering Extended Passive Mode (|||${await session.openData()}|)`);
}

/** Takes PROT, and lets it count only where no data port is open. */
function levelOfPort(session: ScriptedSession): Promise<void> {
  if (!session.commands.includes('EPSV')) session.protection = 'P';
  return session.reply('200 Private');
}

/** An upload whose bytes are taken as they come where they are not TLS. */
function careless(done: string, stores: boolean) {
  return async (session: ScriptedSession, name: string): Promise<void> => {
    await session.reply('150 Send it');
    const line = await session.acceptRawData();
    const first = await line
      .take((unread) => (unread.length > 0 ? 0 : undefined), 'bytes')
      .then(
        () => line.unread()[0],
        () => undefined,
      );
    if (first === 22 && session.protection === 'P') await session.secureData(line, {});
    const bytes = await line.readToEnd();
    const isWhole = first === 22;
    if (isWhole || stores) session.uploads.set(name, bytes);
    await session.endData(line).catch(() => undefined);
    await session.reply(isWhole ? '226 Done' : done);
  };
}

for (const [name, done, stores, verdict, outcome] of [
  ['clear bytes are stored', '226 Done', true, 'FAIL', 'stored'],
  ['clear bytes are confirmed', '226 Done', false, 'FAIL', 'confirmed'],
  ['clear bytes are refused', '522 No TLS', false, 'PASS', 'refused'],
  ['clear bytes are answered 550', '550 No TLS', false, 'NON-STRICT', 'other-code'],
] as const) {
  bothWays(
    clearBytesForTls,
    ['PASS', 'refused'],
    [[name, { dataTlsStart: 'on-transfer', commands: { STOR: careless(done, stores) } }, verdict, outcome]],
  );
}

bothWays(
  helloInClear,
  ['SKIP'],
  [
    ['it is stored', { dataTlsStart: 'on-transfer' }, 'INFO', 'stored'],
    [
      'other bytes are stored',
      {
        dataTlsStart: 'on-transfer',
        commands: {
          SIZE: '213 17',
        },
      },
      'FAIL',
      'altered',
    ],
  ],
);
test('our server refuses what looks like TLS under PROT C, or stores it', async () => {
  const report = await judgeOurs(helloInClear, { tls: 'optional' });
  assertJudged(report, 'INFO');
});
