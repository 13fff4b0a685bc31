/** A03, A07: replies that come together, and codes that are known by their first digit only. */

import type { ScriptedSession } from '../../../../peer/index.ts';
import { defineCopingCase } from '../coping-case.ts';
import { defineNoticingCase } from '../noticing-case.ts';

const common = { area: 'control', task: 'download', clause: 'RFC 1123 section 4.1.2.11' } as const;
const digit = 'A client goes by the first digit of a code that it does not know.';
const digitAdvice = 'Decide by the first digit; take the other two for a hint.';

const retrieveWith =
  (content: Buffer, before: string, after: string) =>
  async (session: ScriptedSession): Promise<void> => {
    await session.reply(before);
    const line = await session.acceptData();
    await line.write(content);
    await session.endData(line);
    if (after !== '') await session.reply(after);
  };

export const repliesTogether = defineCopingCase({
  ...common,
  id: 'rfc1123/4.1.2.10/replies-together',
  row: 'A03',
  level: 'MUST',
  clause: 'RFC 959 section 5.4',
  requirement: '150 and 226 may come in one segment, before the client has read any data.',
  advice: 'Keep what stands behind the end of a reply for the next one, and read the data connection to its end.',
  rogue: (lab) => {
    const content = lab.random.bytes(256 * 1024);
    return { content, commands: { RETR: retrieveWith(content, '150 Here it comes\n226 Done', '') } };
  },
});

export const unknownPositiveCode = defineCopingCase({
  ...common,
  id: 'rfc1123/4.1.2.11/unknown-positive-code',
  row: 'A07a',
  level: 'SHOULD',
  requirement: digit,
  advice: digitAdvice,
  rogue: () => ({ commands: { TYPE: '299 As you like it', PBSZ: '298 Fine', PASS: '297 Come in' } }),
});

export const fileActionOkay = defineCopingCase({
  ...common,
  id: 'rfc959/5.4/250-after-download',
  row: 'A07b',
  level: 'MUST',
  clause: 'RFC 959 section 5.4',
  requirement: 'RETR may end with 250 as well as with 226, and begin with 125 as well as with 150.',
  advice: 'Take every 2yz reply for the end of a transfer, and every 1yz for its beginning.',
  rogue: (lab) => {
    const content = lab.random.bytes(64 * 1024);
    return { content, commands: { RETR: retrieveWith(content, '125 Already open', '250 All done') } };
  },
});

export const unknownResult = defineCopingCase({
  ...common,
  id: 'rfc1123/4.1.2.11/unknown-result-of-download',
  row: 'A07c',
  level: 'SHOULD',
  requirement: 'A code that is not known, and begins with 2, ends a transfer well.',
  advice: digitAdvice,
  rogue: (lab) => {
    const content = lab.random.bytes(64 * 1024);
    return { content, commands: { RETR: retrieveWith(content, '159 Now', '289 Done') } };
  },
});

export const unknownFailure = defineNoticingCase({
  ...common,
  id: 'rfc1123/4.1.2.11/unknown-failure-of-download',
  row: 'A07d',
  level: 'MUST',
  clause: 'RFC 959 section 4.2',
  requirement: 'A code that begins with 4 or 5 says that the transfer has failed.',
  advice: 'Wait for the last reply, and fail where it begins with 4 or 5.',
  believed: 'the client reports success although the server says that the transfer failed',
  rogue: (lab) => {
    const content = lab.random.bytes(256 * 1024);
    const half = content.length / 2;
    return {
      content,
      commands: {
        RETR: (session) => {
          const from = session.restartAt;
          session.restartAt = 0;
          return retrieveWith(content.subarray(from, half), '150 Now', '459 The disk had a bad day')(session);
        },
      },
    };
  },
});
