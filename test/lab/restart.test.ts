/** The cases about SIZE, MDTM, REST and APPE, each with a peer that keeps the rule and one that breaks it. */

import type { Script, ScriptedSession } from '../../src/peer/index.ts';
import * as times from '../../src/lab/cases/server/rfc3659/modification-time.ts';
import * as syntax from '../../src/lab/cases/server/rfc3659/rest-syntax.ts';
import * as down from '../../src/lab/cases/server/rfc3659/restart-download.ts';
import * as up from '../../src/lab/cases/server/rfc3659/restart-upload.ts';
import * as size from '../../src/lab/cases/server/rfc3659/size.ts';
import { byDefault, judgesEach, onArgument, scripted } from './judged-cases.ts';

/** Takes the marker and leaves it aside. */
const ignoresRest: Record<string, Script> = { REST: '350 Whatever' };
const refusesRest: Record<string, Script> = { REST: '550 No' };

/** RETR that brings line ends of TYPE A and takes the marker as a place in what is stored. */
const countsStored: Script = async (session, name) => {
  const stored = session.uploads.get(name) ?? Buffer.alloc(0);
  session.uploads.set(name, Buffer.from(stored.subarray(session.restartAt).toString().replaceAll('\n', '\r\n')));
  session.restartAt = 0;
  await session.perform(byDefault('RETR'), name);
  session.uploads.set(name, stored);
};

/** A STOR that puts what comes under a marker in front. */
const misplaces: Script = async (session, name) => {
  const before = session.uploads.get(name) ?? Buffer.alloc(0);
  session.restartAt = 0;
  await session.perform(byDefault('STOR'), name);
  session.uploads.set(name, Buffer.concat([session.uploads.get(name) ?? Buffer.alloc(0), before]));
};

judgesEach('SIZE', [
  [size.sizeOfImage, { ours: 'exact' }, scripted('FAIL', 'wrong', { SIZE: '213 65535' })],
  [
    size.sizeOfImage,
    scripted('FAIL', 'other-form', { SIZE: '213 65536 bytes' }),
    scripted('FAIL', 'refused', { SIZE: '550 No' }),
  ],
  [size.sizeOfText, { ours: 'exact' }, scripted('FAIL', 'wrong', { SIZE: '213 1' })],
  [size.sizeOfText, scripted('PASS', 'refused', { SIZE: '550 Not in ASCII' })],
  [size.sizeOfFolder, { ours: 'refused' }, scripted('NON-STRICT', 'given', { SIZE: '213 4096' })],
  [size.sizeOfNothing, { ours: 'refused' }, scripted('NON-STRICT', 'other-code', { SIZE: '450 No' })],
  [
    size.sizeBeyondDoubles,
    { ours: 'not-made' },
    scripted('FAIL', 'rounded', { SIZE: '213 9007199254740992' }),
    scripted('PASS', 'exact', { SIZE: '213 9007199254740994' }),
  ],
]);

judgesEach('REST and RETR', [
  [down.misplacedRest, { ours: 'kept' }, scripted('INFO', 'forgotten', ignoresRest)],
  [down.misplacedRest, scripted('FAIL', 'otherwise', { RETR: (session) => session.perform(byDefault('NLST'), '') })],
  [
    down.restartedDownload,
    { ours: 'rest' },
    scripted('FAIL', 'whole', ignoresRest),
    scripted('FAIL', 'refused', refusesRest),
  ],
  [down.restPastEnd, { ours: 'rejected' }, scripted('NON-STRICT', 'empty')],
  [down.restPastEnd, scripted('NON-STRICT', 'at-rest', refusesRest), scripted('FAIL', 'bytes', ignoresRest)],
  [
    down.restZero,
    { ours: 'whole' },
    scripted('FAIL', 'otherwise', { REST: onArgument('REST', '0', '350 Never mind') }),
  ],
  [down.restInTypeA, { ours: 'consistent' }, scripted('FAIL', 'stored', { RETR: countsStored })],
  [down.restInTypeA, scripted('PASS', 'refused', refusesRest), scripted('FAIL', 'otherwise', ignoresRest)],
]);

judgesEach('REST and uploads', [
  [
    up.restartedUpload,
    { ours: 'joined' },
    scripted('FAIL', 'spoiled', ignoresRest),
    scripted('FAIL', 'refused', refusesRest),
  ],
  [up.overwrittenMiddle, { ours: 'cut' }, scripted('FAIL', 'misplaced', ignoresRest)],
  [up.restThenAppend, { ours: 'as-stor' }, scripted('FAIL', 'appended')],
  [
    up.restThenAppend,
    scripted('PASS', 'refused', { APPE: '503 No' }),
    scripted('FAIL', 'misplaced', { APPE: misplaces }),
  ],
  [
    up.restBehindEndThenStore,
    { ours: 'refused' },
    scripted('INFO', 'appended'),
    scripted('FAIL', 'otherwise', { STOR: storeOver }),
  ],
]);

judgesEach('What REST takes', [
  [syntax.restNegative, { ours: 'refused' }, scripted('FAIL', 'accepted')],
  [syntax.restTrailingLetter, { ours: 'refused' }, scripted('FAIL', 'accepted')],
  [syntax.restTrailingLetter, scripted('INFO', 'other-code', { REST: onArgument('REST', '1x', '554 No') })],
  [syntax.restHuge, { ours: 'refused' }, scripted('FAIL', 'wrapped', ignoresRest), scripted('NON-STRICT', 'empty')],
  [syntax.restStreamFeature, { ours: 'announced' }, scripted('FAIL', 'absent', { FEAT: '211-Here\n SIZE\n211 End' })],
  [syntax.restStreamFeature, scripted('FAIL', 'wrong', { REST: '502 No' })],
]);

judgesEach('MDTM and MFMT', [
  [times.modificationTime, { ours: 'utc' }, scripted('FAIL', 'local', { MDTM: hoursOff(2) })],
  [
    times.modificationTime,
    scripted('FAIL', 'other-form', { MDTM: '213 2026-01-02' }),
    scripted('INFO', 'other-clock', { MDTM: hoursOff(77) }),
  ],
  [times.modificationTimeOfNothing, { ours: 'refused' }, scripted('FAIL', 'given', { MDTM: hoursOff(0) })],
  [times.mdtmWithTime, { ours: 'set' }, scripted('FAIL', 'ignored', { MDTM: hoursOff(0) })],
  [times.modifyTime, { ours: 'set' }, scripted('FAIL', 'not-set', { MFMT: '213 Fine', MDTM: hoursOff(0) })],
  [times.modifyTime, scripted('NON-STRICT', 'other-form', { MFMT: '213 Fine', MDTM: '213 20200102030405' })],
]);

function hoursOff(hours: number): Script {
  return (session) => {
    const then = new Date(Date.now() - hours * 3_600_000).toISOString();
    return session.reply(`213 ${then.replaceAll(/\D/g, '').slice(0, 14)}`);
  };
}

/** Where there is a marker, the old content is lost. */
async function storeOver(session: ScriptedSession, name: string): Promise<void> {
  const isRestart = session.restartAt > 0;
  await session.perform(byDefault('STOR'), name);
  if (isRestart) session.uploads.set(name, Buffer.from('n'));
}
