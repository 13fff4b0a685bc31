/** The cases about FEAT, OPTS, HOST, UTF-8 and lists, each with a peer that keeps the rule and one that breaks it. */

import { featBeforeLogin, featForm } from '../../src/lab/cases/server/rfc2389/feat.ts';
import { optsUnknown, optsUtf8 } from '../../src/lab/cases/server/rfc2389/opts.ts';
import { oddNames, utf8Names } from '../../src/lab/cases/server/rfc2640/names.ts';
import { mlsdLines, mlstForm } from '../../src/lab/cases/server/rfc3659/machine-lists.ts';
import { hostBehindLogin, hostForms } from '../../src/lab/cases/server/rfc7151/host.ts';
import { listEmptyFolder, listWithFlags } from '../../src/lab/cases/server/rfc959/list-forms.ts';
import { verbForms } from '../../src/lab/cases/server/rfc959/verb-forms.ts';
import { type Script } from '../../src/peer/index.ts';
import { judgesEach, scripted } from './judged-cases.ts';

/** Sends these bytes as a listing. */
function listing(text: string): Script {
  return async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(text);
    await session.endData(line);
    await session.reply('226 Done');
  };
}

judgesEach('FEAT, OPTS, HOST, UTF-8 and lists', [
  [
    featForm,
    { ours: 'listed' },
    scripted('FAIL', 'malformed', { FEAT: '211-Features:\nAUTH TLS\n211 End' }),
    scripted('INFO', 'ends-otherwise', { FEAT: '211-Features:\n AUTH TLS\n211 Done.' }),
    scripted('PASS', 'none', { FEAT: '211 Nothing' }),
    scripted('UNIMPLEMENTED', undefined, { FEAT: '502 No' }),
  ],
  [featBeforeLogin, { ours: 'same' }, scripted('INFO', 'refused', { FEAT: '530 Log in first' })],
  [
    optsUnknown,
    { ours: 'refused' },
    scripted('NON-STRICT', 'other-code', { OPTS: '504 No' }),
    scripted('FAIL', 'accepted', { OPTS: '200 Fine' }),
  ],
  [optsUtf8, { ours: 'accepted' }, scripted('INFO', 'refused', { OPTS: '501 No' })],
  [
    utf8Names,
    { ours: 'exact' },
    scripted('FAIL', 'changed', { NLST: listing('something-else\r\n') }),
    scripted('FAIL', 'lost', { NLST: listing('x\r\n'), RETR: '550 No such file' }),
  ],
  [
    oddNames,
    { ours: 'refused' },
    scripted('INFO', 'refused', { STOR: '553 Not that name' }),
    scripted('NON-STRICT', 'changed', { NLST: listing('something-else\r\n') }),
  ],
  [
    hostBehindLogin,
    { ours: 'refused' },
    scripted('FAIL', 'accepted', { HOST: '220 Fine' }),
    scripted('UNIMPLEMENTED', undefined, { HOST: '502 No' }),
  ],
  [
    hostForms,
    { ours: 'told' },
    scripted('NON-STRICT', 'port-taken', { HOST: '220 Fine' }),
    scripted('NON-STRICT', 'other-code', { HOST: '550 No' }),
  ],
  [
    mlsdLines,
    { ours: 'right' },
    scripted('FAIL', 'malformed', { MLSD: listing('type=file;size=3 name\r\n') }),
    scripted('FAIL', 'missing', { MLSD: listing('type=file; other-name\r\n') }),
    scripted('UNIMPLEMENTED', undefined, { MLSD: '500 What?' }),
  ],
  [
    mlstForm,
    { ours: 'right' },
    scripted('FAIL', 'no-space', { MLST: '250-Here\ntype=file;size=1000; /x\n250 End' }),
    scripted('FAIL', 'malformed', { MLST: '250 type=file; /x' }),
  ],
  [
    listEmptyFolder,
    { ours: 'empty' },
    scripted('NON-STRICT', 'refused', { LIST: '450 No files found' }),
    scripted('INFO', 'own-lines', { LIST: listing('total 0\r\n') }),
  ],
  [listWithFlags, { ours: 'flags' }, scripted('INFO', 'names', { LIST: '550 No such file' })],
  [
    verbForms,
    { ours: 'any' },
    scripted('INFO', 'no-space', {
      NOOP: (session) => session.reply(session.commands.at(-1)?.endsWith(' ') === true ? '501 No' : '200 Fine'),
    }),
    scripted('FAIL', 'case-matters', {
      NOOP: (session) => session.reply(session.commands.at(-1)?.startsWith('NOOP') === true ? '200 Fine' : '500 What?'),
    }),
  ],
]);
