/** The cases about AUTH and TLS on the control line, each with a peer that keeps the rule and one that breaks it. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { clearCommandsBehindAuth } from '../../src/lab/cases/server/engineering/clear-commands-behind-auth.ts';
import { silentHandshake } from '../../src/lab/cases/server/engineering/silent-handshake.ts';
import { authInImplicitTls, authTwice } from '../../src/lab/cases/server/rfc2228/auth-again.ts';
import { authUnknownMechanism, authWithoutMechanism } from '../../src/lab/cases/server/rfc2228/auth-arguments.ts';
import { authWithoutTls } from '../../src/lab/cases/server/rfc2228/auth-without-tls.ts';
import { authResets } from '../../src/lab/cases/server/rfc4217/auth-resets.ts';
import { authLowerCase, authTls, authTlsC } from '../../src/lab/cases/server/rfc4217/auth-tls.ts';
import { cccInClear, cccInTls } from '../../src/lab/cases/server/rfc4217/clear-command-channel.ts';
import { clearTextForHandshake } from '../../src/lab/cases/server/rfc4217/clear-text-for-handshake.ts';
import { authSsl, authTlsP } from '../../src/lab/cases/server/rfc4217/draft-mechanisms.ts';
import { tlsFeatures } from '../../src/lab/cases/server/rfc4217/features.ts';
import { reinitialise } from '../../src/lab/cases/server/rfc4217/reinitialise.ts';
import { resetInHandshake } from '../../src/lab/cases/server/rfc4217/reset-in-handshake.ts';
import { hostAndSni, hostBehindLogin } from '../../src/lab/cases/server/rfc7151/host-and-sni.ts';
import { tls10, tls11 } from '../../src/lab/cases/server/rfc8996/old-tls.ts';
import type { Script, ScriptedServerOptions, ScriptedSession } from '../../src/testing/index.ts';
import { bothWays, inCase } from './both-ways.ts';
import { judgedTest } from './declared.ts';
import { assertJudged, judgeOurs, judgeScripted } from './judge-server.ts';
import { byDefault } from './judged-cases.ts';

async function usualAuth(session: ScriptedSession): Promise<void> {
  await session.reply('234 Starting TLS');
  await session.upgrade();
}

/** Another answer to AUTH in the session of the case. */
function auth(script: string | ((session: ScriptedSession) => Promise<void>)): ScriptedServerOptions {
  return inCase('AUTH', usualAuth, (session) => (typeof script === 'string' ? session.reply(script) : script(session)));
}

bothWays(
  authTls,
  ['PASS', 'secured'],
  [
    ['334 comes', auth('334 ADAT=x'), 'FAIL', 'wants-data'],
    ['AUTH is refused', auth('502 No'), 'FAIL', 'other-code'],
    [
      'no handshake follows 234',
      auth(async (session) => {
        await session.reply('234 Fine');
        session.control.destroy();
      }),
      'FAIL',
      'no-handshake',
    ],
  ],
);
bothWays(authTlsC, ['PASS', 'secured'], [['TLS-C is refused', auth('504 No'), 'NON-STRICT', 'other-code']]);
bothWays(authLowerCase, ['PASS', 'secured'], [['lower case is refused', auth('504 No'), 'FAIL', 'other-code']]);

bothWays(
  authSsl,
  ['INFO', 'needs-prot'],
  [
    ['the mechanism is refused', auth('504 No'), 'INFO', 'refused'],
    ['data go in clear', { dataTlsStart: 'on-transfer' }, 'INFO', 'clear-data'],
    [
      'a file follows the handshake in clear',
      {
        dataTlsStart: 'on-transfer',
        commands: {
          RETR: async (session, name) => {
            const bytes = session.uploads.get(name) ?? Buffer.alloc(0);
            await session.reply('150 Here it comes');
            if (session.protection === 'C') {
              const raw = await session.acceptRawData();
              await session.secureData(raw, {});
              await raw.writeRaw(bytes);
              raw.raw.end();
            } else {
              const line = await session.acceptData();
              await line.write(bytes);
              await session.endData(line);
            }
            await session.reply('226 Done');
          },
        },
      },
      'FAIL',
      'clear-in-tls',
    ],
  ],
);
bothWays(
  authTlsP,
  ['INFO', 'private-data'],
  [
    [
      'no handshake follows 234',
      auth(async (session) => {
        await session.reply('234 Fine');
        session.control.destroy();
      }),
      'FAIL',
      'no-handshake',
    ],
  ],
);

for (const record of [authWithoutMechanism, authUnknownMechanism]) {
  let tries = 0;
  bothWays(
    record,
    ['PASS', 'refused'],
    [
      ['it is taken', { commands: { AUTH: usualAuth } }, 'FAIL', 'accepted'],
      [
        'it is refused by 500',
        { commands: { AUTH: (session, word) => (word === 'TLS' ? usualAuth(session) : session.reply('500 No')) } },
        'NON-STRICT',
        'other-refusal',
      ],
      [
        'it is refused by 550',
        { commands: { AUTH: (session, word) => (word === 'TLS' ? usualAuth(session) : session.reply('550 No')) } },
        'FAIL',
        'other-code',
      ],
      [
        'TLS is not to be had behind it',
        {
          commands: {
            AUTH: (session) => {
              tries += 1;
              return tries > 3 ? session.reply('504 No') : usualAuth(session);
            },
          },
        },
        'FAIL',
        'state-changed',
      ],
    ],
  );
}

bothWays(
  authWithoutTls,
  ['SKIP'],
  [
    ['AUTH is refused', { security: 'plain', commands: { AUTH: '431 No certificate' } }, 'PASS', 'refused'],
    ['TLS is there', { security: 'plain' }, 'INFO', 'has-tls'],
    [
      '234 comes and no handshake',
      {
        security: 'plain',
        commands: {
          AUTH: async (session) => {
            await session.reply('234 Fine');
            session.control.destroy();
          },
        },
      },
      'FAIL',
      'no-handshake',
    ],
  ],
);

/** Inside of TLS the first AUTH of a session is over. */
const isSecond = (session: ScriptedSession): boolean =>
  session.commands.filter((line) => line.startsWith('AUTH')).length > 1;

bothWays(
  authTwice,
  ['INFO', 'refused'],
  [
    [
      'the second AUTH is taken',
      { commands: { AUTH: (session) => (isSecond(session) ? session.reply('234 Again') : usualAuth(session)) } },
      'INFO',
      'accepted',
    ],
    [
      'the session falls silent',
      {
        commands: {
          AUTH: async (session) => {
            if (!isSecond(session)) return usualAuth(session);
            await session.reply('503 No');
            session.control.destroy();
            return undefined;
          },
        },
      },
      'FAIL',
      'lost',
    ],
  ],
);
const refusesAndLeaves = async (session: ScriptedSession): Promise<void> => {
  await session.reply('503 No');
  session.control.destroy();
};

bothWays(
  authInImplicitTls,
  ['INFO', 'refused', { security: 'implicit' }],
  [
    [
      'the session ends with the next command',
      { security: 'implicit', commands: { AUTH: refusesAndLeaves } },
      'FAIL',
      'lost',
    ],
  ],
);

/** Forgets the login at AUTH, and what else `commands` say. */
function forgetsLogin(commands: Readonly<Record<string, Script>>): ScriptedServerOptions {
  const isBehindAuth = ({ commands: said }: ScriptedSession): boolean =>
    said.findLastIndex((line) => line.startsWith('AUTH')) > said.findLastIndex((line) => line.startsWith('PASS'));
  const pwd = commands['PWD'] ?? '257 "/"';
  const asked: Script = (session, argument) => session.perform(isBehindAuth(session) ? '530 Log in' : pwd, argument);
  return { commands: { ...commands, PWD: asked } };
}

/** SIZE is for TYPE I alone, whenever that was said. */
const sizeInImage: Script = (session, name) => {
  const type = session.commands.findLast((line) => line.startsWith('TYPE'));
  return type === 'TYPE I' ? session.perform(byDefault('SIZE'), name) : session.reply('550 Not in ASCII');
};

const lastFolder: Script = (session) => {
  const folder = session.commands.findLast((line) => line.startsWith('CWD'))?.slice(4);
  return session.reply(`257 "${folder ?? '/'}"`);
};

bothWays(
  authResets,
  ['INFO', 'no-clear-login'],
  [
    ['the login outlives AUTH', {}, 'FAIL', 'still-logged-in'],
    ['the directory outlives AUTH', forgetsLogin({ PWD: lastFolder }), 'FAIL', 'keeps-directory'],
    ['TYPE outlives AUTH', forgetsLogin({ SIZE: sizeInImage }), 'FAIL', 'keeps-type'],
    ['the data port outlives AUTH', forgetsLogin({}), 'FAIL', 'keeps-port'],
    [
      'AUTH is refused behind the login',
      {
        commands: {
          AUTH: (session) =>
            session.commands.some((line) => line.startsWith('PASS'))
              ? session.reply('534 Too late')
              : usualAuth(session),
        },
      },
      'INFO',
      'refused-behind-login',
    ],
  ],
);
test('AUTH behind a login in clear forgets all in our server', async () => {
  const report = await judgeOurs(authResets, { tls: 'optional' });
  assertJudged(report, 'PASS', 'forgets-all');
  assert.match(report.facts ?? '', /SIZE: [^;]*$/, 'TYPE can be told, and EPRT was taken');
});

bothWays(
  clearCommandsBehindAuth,
  ['PASS', 'refused'],
  [
    ['bytes in clear are taken for the handshake', {}, 'PASS', 'ended'],
    [
      'a command in clear is answered inside of TLS',
      auth(async (session) => {
        await session.nextCommand();
        await usualAuth(session);
        await session.reply('331 Word?');
      }),
      'FAIL',
      'executed',
    ],
    [
      'a command in clear is answered in clear',
      auth(async (session) => {
        await session.reply('234 Fine');
        await session.nextCommand();
        await session.reply('331 Word?');
      }),
      'NON-STRICT',
      'answered-in-clear',
    ],
    [
      'the command in clear is thrown away',
      auth(async (session) => {
        await session.nextCommand();
        await usualAuth(session);
      }),
      'PASS',
      'discarded',
    ],
  ],
);

bothWays(
  clearTextForHandshake,
  ['PASS', 'dropped'],
  [
    ['the command is answered', auth('234 Fine'), 'FAIL', 'answered'],
    [
      '421 comes',
      auth(async (session) => {
        await session.reply('234 Fine');
        await session.nextCommand();
        await session.reply('421 No handshake');
        session.control.fin();
        await session.control.ended;
      }),
      'PASS',
      'told',
    ],
    [
      'nothing happens',
      auth(async (session) => {
        await session.reply('234 Fine');
        await session.control.ended;
      }),
      'NON-STRICT',
      'waits',
    ],
  ],
);

bothWays(
  silentHandshake,
  ['NON-STRICT', 'held', { timeouts: { patienceMs: 300 } }],
  [
    [
      'the connection is dropped',
      auth(async (session) => {
        await session.reply('234 Fine');
        session.control.destroy();
      }),
      'PASS',
      'dropped',
    ],
  ],
);

bothWays(resetInHandshake, ['PASS', 'survived'], []);
const leaking = () => {
  let open = 0;
  return judgeScripted(resetInHandshake, {
    greeting: (session) => session.reply(open > 6 ? '421 Full' : '220 Scripted server'),
    commands: {
      AUTH: async (session) => {
        await session.reply('234 Starting TLS');
        await session.upgrade().catch((error: unknown) => {
          open += 1;
          throw error;
        });
      },
    },
  });
};
judgedTest('handshakes that leak sessions are found', resetInHandshake, leaking, 'FAIL', 'no-login');

const features = (lines: string) => `211-Features:\n${lines}\n211 End`;
bothWays(
  tlsFeatures,
  ['PASS', 'complete'],
  [
    ['PROT is not named', { commands: { FEAT: features(' AUTH TLS\n PBSZ') } }, 'FAIL', 'missing-in-clear'],
    ['TLS is not named', { commands: { FEAT: features(' AUTH\n PBSZ\n PROT') } }, 'NON-STRICT', 'auth-without-tls'],
    [
      'PBSZ is not named inside of TLS',
      {
        commands: {
          FEAT: (session) =>
            session.reply(features(session.control.tls === undefined ? ' AUTH TLS\n PBSZ\n PROT' : ' AUTH TLS\n PROT')),
        },
      },
      'FAIL',
      'missing-in-tls',
    ],
    ['there is no FEAT', { commands: { FEAT: '502 No' } }, 'UNIMPLEMENTED'],
  ],
);

bothWays(
  reinitialise,
  ['PASS', 'in-clear'],
  [
    [
      'REIN leaves TLS on',
      {
        commands: {
          REIN: '220 Fine',
          PWD: (session) => session.reply(session.commands.includes('REIN') ? '530 No' : '257 "/"'),
        },
      },
      'FAIL',
      'keeps-tls',
    ],
    ['REIN is refused', { commands: { REIN: '502 No' } }, 'UNIMPLEMENTED', 'refused'],
    ['the login outlives REIN', { commands: { REIN: '220 Fine' } }, 'FAIL', 'keeps-login'],
    [
      'REIN ends the session',
      {
        commands: {
          REIN: async (session) => {
            await session.reply('220 Fine');
            session.control.destroy();
          },
        },
      },
      'FAIL',
      'ended',
    ],
  ],
);

bothWays(
  cccInClear,
  ['PASS', 'not-protected', { tls: 'optional' }],
  [
    ['there is no CCC', {}, 'UNIMPLEMENTED', 'unknown'],
    ['CCC is taken', { commands: { CCC: '200 Fine' } }, 'FAIL', 'accepted'],
    ['530 comes', { commands: { CCC: '530 Log in' } }, 'NON-STRICT', 'other-refusal'],
  ],
);

bothWays(
  cccInTls,
  ['PASS', 'refused'],
  [
    ['220 comes', { commands: { CCC: '220 Fine' } }, 'FAIL', 'other-code'],
    ['nothing is answered in clear', { commands: { CCC: '200 Fine' } }, 'FAIL', 'mute'],
  ],
);
test('CCC goes on in clear in our server where the operator allows it', async () => {
  assertJudged(await judgeOurs(cccInTls, { ccc: true }), 'PASS', 'in-clear');
});

const old = { tls: { minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' } } as const;
for (const record of [tls10, tls11]) {
  bothWays(record, ['PASS', 'refused'], [['old versions are taken', old, 'FAIL', 'negotiated']]);
}

bothWays(
  hostAndSni,
  ['PASS', 'unknown-host'],
  [
    ['every name is taken', { commands: { HOST: '220 Fine' } }, 'INFO', 'any-host'],
    ['there is no HOST', {}, 'UNIMPLEMENTED', 'unimplemented'],
    ['550 comes', { commands: { HOST: '550 No' } }, 'NON-STRICT', 'other-refusal'],
  ],
);
bothWays(
  hostBehindLogin,
  ['PASS', 'bad-sequence'],
  [['HOST is taken behind a login', { commands: { HOST: '220 Fine' } }, 'FAIL', 'accepted']],
);

describe('implicit TLS', () => {
  test('is no place for cases of explicit TLS', async () => {
    assertJudged(await judgeOurs(authTls, { security: 'implicit' }), 'SKIP');
  });
});
