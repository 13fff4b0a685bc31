/** A10, A11: replies without an end, and bytes in replies that do not belong there. */

import type { ScriptedSession } from '../../../../peer/index.ts';
import { type ClientCase, defineClientCase } from '../../../engine/lab-case.ts';
import { defineCopingCase, mayRefuse } from '../coping-case.ts';

/** More is not sent: a client that has taken this much takes everything. */
const maxEndlessBytes = 16 * 1024 * 1024;

function endlessCase(
  record: Pick<ClientCase, 'id' | 'row' | 'requirement'>,
  first: string,
  filler: string,
): ClientCase {
  return defineClientCase({
    ...record,
    area: 'control',
    level: 'engineering',
    clause: 'engineering',
    outcomes: {
      stops: { grade: 'pass', says: 'the client ends the session' },
      swallows: { grade: 'broken', says: 'the client takes of one reply what comes, without a bound' },
      crashes: { grade: 'fail', says: 'the client crashes' },
    },
    advice: 'Bound the length of a reply; 64 KiB are plenty.',
    task: 'download',
    async run(lab) {
      let sent = 0;
      const chunk = Buffer.from(filler.repeat(Math.ceil(16_384 / filler.length)));
      const pour = async (session: ScriptedSession): Promise<void> => {
        await session.send(first);
        lab.fault('a reply without an end');
        while (sent < maxEndlessBytes) {
          await session.control.write(chunk);
          sent += chunk.length;
        }
      };
      // A client that leaves in the middle of the reply ends the script with it.
      const run = await lab.run({
        commands: { PASS: (session) => pour(session).catch(() => session.close()) },
        patienceMs: 8_000,
      });
      const facts = `${sent} bytes of the reply sent; ${run.facts}`;
      if (run.crashed) return { outcome: 'crashes', facts };
      // A client that is slow to take it all has not ended the session either.
      return { outcome: sent >= maxEndlessBytes || run.hung ? 'swallows' : 'stops', facts };
    },
  });
}

export const endlessLines = endlessCase(
  {
    id: 'engineering/reply-of-endless-lines',
    row: 'A10a',
    requirement: 'A reply of endless lines is ended by a bound.',
  },
  '230-Hello\r\n',
  '230-and another line of it\r\n',
);

export const endlessLine = endlessCase(
  {
    id: 'engineering/reply-of-one-endless-line',
    row: 'A10b',
    requirement: 'A line without an end is ended by a bound.',
  },
  '230 Hello',
  'and on and on ',
);

function oddBytesCase(record: Pick<ClientCase, 'id' | 'row' | 'clause' | 'requirement'>, bytes: string): ClientCase {
  const odd = (text: string): Buffer => Buffer.from(`${text}\r\n`, 'latin1');
  return defineCopingCase({
    ...record,
    area: 'control',
    level: 'SHOULD',
    except: mayRefuse,
    advice: 'Take such bytes for text or refuse the reply; in no case wait for what never comes.',
    task: 'download',
    rogue: () => ({ commands: { PASS: odd(`230 In${bytes}side`), TYPE: odd(`200 F${bytes}ine`) } }),
  });
}

export const nulInReply = oddBytesCase(
  {
    id: 'engineering/nul-in-reply',
    row: 'A11a',
    clause: 'engineering',
    requirement: 'A NUL in the text of a reply neither cuts it short nor stops the client.',
  },
  '\0',
);

export const telnetInReply = oddBytesCase(
  {
    id: 'rfc959/4.1/telnet-in-reply',
    row: 'A11b',
    clause: 'RFC 959 section 4.1',
    requirement: 'A client gets along with Telnet commands in the text of replies.',
  },
  '\xff\xf1',
);

export const carriageReturnInReply = oddBytesCase(
  {
    id: 'rfc959/4.2/carriage-return-in-reply',
    row: 'A11c',
    clause: 'RFC 959 section 4.2',
    requirement: 'A CR without LF in the text of a reply does not end it, and does not stop the client.',
  },
  '\r',
);
