/** The cases about EPSV, PASV, EPRT and PORT, each with a peer that keeps the rule and one that breaks it. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { after, describe } from 'node:test';
import type { Script, ScriptedSession } from '../../src/peer/index.ts';
import * as listeners from '../../src/lab/cases/server/engineering/passive-listeners.ts';
import * as passive from '../../src/lab/cases/server/rfc1123/passive.ts';
import * as all from '../../src/lab/cases/server/rfc2428/epsv-all.ts';
import * as eprt from '../../src/lab/cases/server/rfc2428/eprt.ts';
import * as family from '../../src/lab/cases/server/rfc2428/epsv-family.ts';
import * as junk from '../../src/lab/cases/server/rfc2428/epsv-junk.ts';
import * as plain from '../../src/lab/cases/server/rfc2428/epsv-plain.ts';
import { epsvUnknownFamily } from '../../src/lab/cases/server/rfc2428/epsv-unknown-family.ts';
import * as address from '../../src/lab/cases/server/rfc2577/active-address.ts';
import * as active from '../../src/lab/cases/server/rfc959/active-mode.ts';
import { judgedTest } from './declared.ts';
import { judgeOurs, judgeScripted } from './judge-server.ts';
import { byDefault, judgesEach, onArgument, scripted } from './judged-cases.ts';

describe('EPSV with an unknown family', () => {
  const ours = () => judgeOurs(epsvUnknownFamily);
  judgedTest('is answered as it must be by our server', epsvUnknownFamily, ours, 'PASS', 'refused');

  for (const [reply, verdict, outcome] of [
    ['229 Entering Extended Passive Mode (|||2021|)', 'FAIL', 'accepted'],
    ['501 No', 'FAIL', 'other-code'],
    ['522 Not that one', 'FAIL', 'no-list'],
    ['502 What?', 'UNIMPLEMENTED', undefined],
  ] as const) {
    const answered = () =>
      judgeScripted(epsvUnknownFamily, {
        commands: {
          EPSV: async (session, argument) =>
            session.reply(argument === '3' ? reply : `229 Here (|||${await session.openData()}|)`),
        },
      });
    judgedTest(`is judged where it is answered ${reply}`, epsvUnknownFamily, answered, verdict, outcome);
  }
});

const epsv = (argument: string, reply: Script): Record<string, Script> => ({
  EPSV: onArgument('EPSV', argument, reply),
});
const ipv6 = { host: '::1' };
/** Takes every command behind EPSV ALL. */
const takesAnything: Record<string, Script> = { EPSV: onArgument('EPSV', 'ALL', '200 All') };

judgesEach('EPSV without an argument', [
  [
    plain.epsvOverIpv4,
    { ours: 'entered' },
    scripted('FAIL', 'other-form', { EPSV: onArgument('EPSV', '', '229 Port 2021') }),
  ],
  [plain.epsvOverIpv6, { ours: 'entered', options: ipv6 }],
  [plain.epsvOverIpv6, scripted('FAIL', 'other-form', { EPSV: onArgument('EPSV', '', '229 Port 2021') }, ipv6)],
  [
    plain.ipv4IsTakenForIpv4,
    { ours: 'taken-for-ipv4' },
    scripted('FAIL', 'taken-for-ipv6', epsv('1', '522 No, use (2)')),
  ],
]);

judgesEach('EPSV with a family', [
  [family.epsvOwnFamily, { ours: 'served' }, scripted('NON-STRICT', 'refused', epsv('1', '522 No, use (2)'))],
  [family.epsv2OverIpv4, { ours: 'refused' }, scripted('FAIL', 'own-family')],
  [family.epsv2OverIpv4, scripted('FAIL', 'no-list', epsv('2', '522 No'))],
  [family.epsv1OverIpv6, { ours: 'refused', options: ipv6 }],
  [family.epsv1OverIpv6, scripted('FAIL', 'no-list', epsv('1', '522 No'), ipv6)],
  [junk.epsvWord, { ours: 'refused' }, scripted('FAIL', 'accepted')],
  [junk.epsvTwoNumbers, { ours: 'refused' }, scripted('NON-STRICT', 'accepted')],
  [junk.epsvNegative, { ours: 'refused' }, scripted('INFO', 'refused-otherwise', epsv('-1', '550 No'))],
  [junk.epsvNegative, scripted('FAIL', 'accepted')],
]);

/** Behind a login AUTH is the end. */
const endsAtAuth: Script = async (session) => {
  if (!session.commands.some((line) => line.startsWith('PASS'))) return session.perform(byDefault('AUTH'), 'TLS');
  await session.reply('234 Fine');
  session.control.destroy();
};

judgesEach('EPSV ALL', [
  [all.epsvAll, { ours: 'taken' }, scripted('FAIL', 'taken-for-epsv')],
  [all.epsvAll, scripted('UNIMPLEMENTED', undefined, epsv('ALL', '502 No'))],
  [all.pasvBehindAll, { ours: 'rejected' }, scripted('FAIL', 'accepted', takesAnything)],
  [all.portBehindAll, { ours: 'rejected' }, scripted('FAIL', 'accepted', takesAnything)],
  [all.eprtBehindAll, { ours: 'rejected' }, scripted('FAIL', 'accepted', takesAnything)],
  [all.epsvBehindAll, { ours: 'works' }, scripted('FAIL', 'broken', behindAll({ EPSV: '503 Not any more' }))],
  [
    all.reinBehindAll,
    { ours: 'kept' },
    scripted('INFO', 'forgotten', { ...takesAnything, REIN: '220 Again' }),
    scripted('UNIMPLEMENTED', undefined, takesAnything),
    { ours: 'kept', options: { tls: 'off', security: 'plain' } },
    scripted('INFO', 'kept', { ...behindAll({ PASV: '503 No' }), REIN: '220 Again' }, { security: 'plain' }),
  ],
  [
    all.authBehindAll,
    { ours: 'kept', options: { tls: 'optional' } },
    scripted('INFO', 'forgotten', takesAnything),
    scripted('INFO', 'kept', behindAll({ PASV: '503 No' })),
    scripted('FAIL', 'ended', { ...takesAnything, AUTH: endsAtAuth }),
  ],
]);

const forgotten: Server[] = [];
after(() => {
  for (const listener of forgotten) listener.close();
});

/** Opens one listener after another and closes none. */
async function opensAnother(session: ScriptedSession): Promise<void> {
  const listener = createServer((raw) => raw.destroy());
  forgotten.push(listener.listen(0, '127.0.0.1'));
  await once(listener, 'listening');
  await session.reply(`229 Here (|||${(listener.address() as AddressInfo).port}|)`);
}

judgesEach('A passive port', [
  [listeners.replacedListener, { ours: 'closed' }, scripted('NON-STRICT', 'open', { EPSV: opensAnother })],
  [
    listeners.unusedListener,
    { ours: 'refused', options: { limits: { dataConnectMs: 1_000 } } },
    scripted('FAIL', 'claimed-done', { RETR: '226 Done' }),
  ],
  [
    listeners.thirdParty,
    { ours: 'refused', options: { target: { secondAddress: '127.0.0.2' } } },
    scripted('NON-STRICT', 'served', {}, { target: { secondAddress: '127.0.0.2' } }),
  ],
]);

/** A server that keeps EPSV ALL, and says that to other commands behind it. */
function behindAll(replies: Readonly<Record<string, string>>): Record<string, Script> {
  const behind = new WeakSet();
  const scripts = Object.keys({ EPSV: '', ...replies }).map((verb): [string, Script] => [
    verb,
    async (session, argument) => {
      const isAll = verb === 'EPSV' && argument === 'ALL';
      if (isAll) behind.add(session);
      const reply = replies[verb];
      if (isAll) await session.reply('200 All');
      else if (behind.has(session) && reply !== undefined) await session.reply(reply);
      else await session.perform(byDefault(verb), argument);
    },
  ]);
  return Object.fromEntries(scripts);
}

const samePort: Script = async (session) => {
  await session.openData();
  await session.reply('229 Here (|||2021|)');
};

judgesEach('PASV', [
  [passive.pasvImplemented, { ours: 'served' }, scripted('FAIL', 'refused', { PASV: '502 No' })],
  [passive.pasvImplemented, scripted('FAIL', 'other-form', { PASV: '227 Here' })],
  [passive.onePasvTwoTransfers, { ours: 'refused' }, scripted('FAIL', 'claimed-done', { RETR: '226 Done' })],
  [passive.pasvOverIpv6, { ours: 'refused', options: ipv6 }, scripted('INFO', 'answered', {}, ipv6)],
  [passive.passivePortsAreRandom, { ours: 'random' }, scripted('NON-STRICT', 'same', { EPSV: samePort })],
]);

const refusesIt: Record<string, Script> = { RETR: '425 No' };
const takesIt: Record<string, Script> = { EPRT: '200 Fine', PORT: '200 Fine' };

judgesEach('EPRT', [
  [eprt.eprtOverIpv4, { ours: 'served' }, scripted('FAIL', 'not-connected', refusesIt)],
  [eprt.eprtOverIpv4, scripted('PASS', 'served'), scripted('UNIMPLEMENTED', undefined, { EPRT: '502 No' })],
  [eprt.eprtOverIpv6, { ours: 'served', options: ipv6 }, scripted('FAIL', 'not-connected', refusesIt, ipv6)],
  [eprt.eprtUnknownFamily, { ours: 'refused' }, scripted('FAIL', 'other-code'), scripted('FAIL', 'accepted', takesIt)],
  [eprt.eprtExclamation, { ours: 'served' }, scripted('FAIL', 'refused')],
  [eprt.eprtTilde, { ours: 'served' }, scripted('FAIL', 'refused')],
  [eprt.eprtMappedAddress, { ours: 'refused' }, scripted('INFO', 'not-connected', { ...takesIt, ...refusesIt })],
  ...eprt.malformedEprt.map(
    (record) =>
      [
        record,
        { ours: 'refused' },
        scripted(record.level === 'MUST' ? 'FAIL' : 'NON-STRICT', 'accepted', takesIt),
      ] as const,
  ),
]);

judgesEach('Active mode', [
  [address.portBelow1024, { ours: 'refused' }, scripted('NON-STRICT', 'accepted')],
  [address.eprtBelow1024, { ours: 'refused' }, scripted('NON-STRICT', 'accepted')],
  [address.portOfAnotherHost, { ours: 'refused' }, scripted('NON-STRICT', 'connected')],
  [address.eprtOfAnotherHost, { ours: 'refused' }, scripted('PASS', 'refused-later', refusesIt)],
  [address.eprtOfAnotherHost, scripted('NON-STRICT', 'connected')],
  [active.portZero, { ours: 'refused' }, scripted('FAIL', 'port-0', takesIt)],
  [active.nobodyListens, { ours: '425' }, scripted('FAIL', 'claimed-done', { RETR: '226 Done' })],
  [active.nobodyListens, scripted('FAIL', 'other-code', { RETR: '550 No' })],
  [active.defaultDataPort, { ours: 'refused' }, scripted('FAIL', 'claimed-done', { RETR: '226 Done' })],
  [active.portBehindEpsv, { ours: 'switched' }, scripted('FAIL', 'stayed-passive', { ...takesIt, ...refusesIt })],
]);
