/** A02, A06, A08, A15: replies in pieces, over many lines, with bare line feeds, and one too many. */

import { setTimeout as sleep } from 'node:timers/promises';
import { defaultScripts, type ScriptedSession } from '../../../../peer/index.ts';
import { defineCopingCase, mayRefuse } from '../coping-case.ts';

const common = { area: 'control', task: 'download' } as const;

export const repliesInPieces = defineCopingCase({
  ...common,
  id: 'rfc959/4.2/replies-in-pieces',
  row: 'A02',
  level: 'MUST',
  clause: 'RFC 959 section 4.2',
  requirement: 'A reply ends with its CRLF, in however many segments it comes.',
  advice: 'Collect bytes until a line is whole; a segment is not a line.',
  smoke: true,
  rogue: () => ({ cutsReplies: true }),
});

export const innerLinesPadded = defineCopingCase({
  ...common,
  id: 'rfc959/4.2/inner-lines-padded',
  row: 'A06a',
  level: 'MUST',
  clause: 'RFC 959 section 4.2',
  requirement: 'Inner lines of a reply that begin with blanks and a code are text.',
  advice: 'End a reply at its own code in the first column, followed by a space.',
  rogue: () => ({
    greeting: '220-Welcome\n  220 not yet\n  530 Go away\n220 Ready',
    commands: { PASS: '230-Hello\n 421 Closing\n 230 padded\n230-more\n230 Logged in' },
  }),
});

export const innerLinesLikeReplies = defineCopingCase({
  ...common,
  id: 'rfc959/4.2/inner-lines-like-replies',
  row: 'A06c',
  level: 'SHOULD',
  clause: 'RFC 959 section 4.2',
  requirement:
    'A reply ends at its own code with a space, and all lines before are ignored, though servers are to pad them.',
  advice: 'Keep the code of the first line, and end the reply at this code followed by a space only.',
  rogue: () => ({
    greeting: '220-Welcome\n331 Password, please\n530 Go away\n220 Ready',
    commands: { PASS: '230-Hello\n421 Closing\n2300 files here\n230 Logged in' },
  }),
});

export const manyLines = defineCopingCase({
  ...common,
  id: 'rfc959/4.2/long-greeting',
  row: 'A06b',
  level: 'MUST',
  clause: 'RFC 959 section 4.2',
  requirement: 'A reply may have many lines, and a line may be empty.',
  advice: 'Read line after line until the last one of the reply.',
  rogue: () => ({ greeting: `220-Rules of the house\n\n${'No cats, no dogs and no ftp.\n'.repeat(200)}220 Ready` }),
});

export const bareLineFeeds = defineCopingCase({
  ...common,
  id: 'rfc959/5.3/bare-line-feeds',
  row: 'A08c',
  level: 'MAY',
  clause: 'RFC 959 section 5.3',
  requirement: 'A reply whose line ends with LF alone is taken or refused, and never waited for without end.',
  advice: 'Take LF as the end of a line, or end with a bounded wait for CRLF.',
  except: mayRefuse,
  rogue: () => {
    const bare = (text: string) => (session: ScriptedSession) => session.send(`${text}\n`);
    return { greeting: bare('220 Ready'), commands: { USER: bare('331 Password'), TYPE: bare('200 Fine') } };
  },
});

/** Twice the result of the first data command would shift every answer behind it. */
export const replyTooMany = defineCopingCase({
  ...common,
  id: 'rfc1123/4.1.4.4/reply-too-many',
  row: 'A15',
  level: 'SHOULD',
  clause: 'RFC 1123 section 4.1.4.4',
  requirement: 'A second 226 behind a transfer is not taken for the answer to the next command.',
  advice: 'Discard what has come before a command is sent, or tell which command a reply is for.',
  rogue: () => ({
    commands: {
      RETR: async (session, name) => {
        await session.perform(defaultScripts['RETR'] ?? '', name);
        await session.reply('226 Done, really');
        await sleep(50);
      },
    },
  }),
});
