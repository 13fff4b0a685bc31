/** Servers that lie about size, time and restart, and files that change between two tries. */

import { seededBytes, type Script } from '../../../../../src/testing/index.ts';
import { defineRogueCase, everyLine, plainOnly, type RogueCase } from '../../define-rogue-case.ts';
import { cut, get, inTurn, put, sending, taking } from '../../scripts.ts';
import { medium, small } from '../../served-files.ts';

const whole = { exitCode: 0, message: /, complete$/m, files: { out: small } } as const;
const half = small.subarray(0, 50_000);

function sizeReply(name: string, reply: string, client: string, expect: RogueCase['expect']): RogueCase {
  return defineRogueCase({
    id: `size/${name}`,
    section: 3,
    server: `answers SIZE with "${reply}" for a file of 100000 bytes`,
    client,
    modes: everyLine,
    script: () => ({ commands: { SIZE: reply } }),
    command: get(),
    ...(expect === whole ? { endsAsUsual: true } : {}),
    expect,
  });
}

const sizes = [
  sizeReply('too-large', '213 100001', 'calls the file incomplete', {
    exitCode: 75,
    message: /100000 bytes here, 100001 bytes there/,
    files: { 'out.part': small },
  }),
  sizeReply('too-small', '213 99999', 'calls the file incomplete: more came than there is', {
    exitCode: 75,
    message: /100000 bytes here, 99999 bytes there/,
    files: { 'out.part': small },
  }),
  sizeReply('zero', '213 0', 'calls the file incomplete', { exitCode: 75, files: { 'out.part': small } }),
  sizeReply('negative', '213 -1', 'takes it for unknown', whole),
  sizeReply('beyond-numbers', '213 99999999999999999999999', 'takes it for unknown', whole),
  sizeReply('words', '213 about a hundred thousand', 'takes it for unknown', whole),
  sizeReply('hexadecimal', '213 0x10', 'takes it for unknown', whole),
  sizeReply('two-numbers', '213 100000 7', 'takes it for unknown', whole),
  sizeReply('nothing', '213', 'takes it for unknown', whole),
];

function modifiedReply(name: string, reply: string): RogueCase {
  return defineRogueCase({
    id: `time/${name}`,
    section: 3,
    server: `answers MDTM with "${reply}"`,
    client: 'fetches the file and gives it no such time',
    modes: plainOnly,
    script: () => ({ commands: { MDTM: reply } }),
    command: get(),
    endsAsUsual: true,
    expect: whole,
  });
}

const times = [
  modifiedReply('words', '213 last Tuesday'),
  modifiedReply('month-thirteen', '213 20261301000000'),
  modifiedReply('year-of-five-digits', '213 191261101000000'),
  modifiedReply('nothing', '213'),
  modifiedReply('very-long', `213 ${'9'.repeat(5000)}`),
];

const cutInTheMiddle = sending(async ({ session, line }) => {
  await line.write(half);
  cut(line);
  await session.reply('226 Done');
});

/** Sends these bytes in order, whatever REST was. */
function sendsAnyway(bytes: Uint8Array): Script {
  return sending(async ({ session, line }) => {
    await line.write(bytes);
    await session.endData(line);
    await session.reply('226 Done');
  });
}

const asAsked = sending(async ({ session, line, bytes }) => {
  await line.write(bytes);
  await session.endData(line);
  await session.reply('226 Done');
});

const changed = seededBytes(100_000, 77);

function changes(
  name: string,
  server: string,
  client: string,
  rest: Pick<RogueCase, 'script' | 'expect'> & Partial<RogueCase>,
) {
  return defineRogueCase({
    id: `resume/${name}`,
    section: 3,
    server,
    client,
    modes: everyLine,
    command: get('a.bin', ['--retry', '1']),
    ...rest,
  });
}

const otherTime = () => inTurn('213 20260101000000', '213 20260201000000');

const resumes = [
  changes(
    'rest-ignored',
    'answers REST with 350 and sends the file from its beginning',
    'sees by the first bytes that the restart did not happen, and begins anew',
    {
      script: () => ({ commands: { RETR: inTurn(cutInTheMiddle, sendsAnyway(small)) } }),
      expect: { exitCode: 0, message: /, complete$/m, files: { out: small }, sent: /REST 33616/ },
    },
  ),
  changes(
    'rest-ignored-and-cut-to-fit',
    'answers REST with 350 and sends as many bytes as are missing, from the beginning of the file',
    'does not join two beginnings',
    {
      script: () => ({ commands: { RETR: inTurn(cutInTheMiddle, sendsAnyway(half)) } }),
      expect: { exitCode: 75, message: /not complete/, files: { 'out.part': half } },
    },
  ),
  changes('rest-refused', 'refuses REST', 'begins anew and has the whole file', {
    script: () => ({ commands: { REST: '502 Not here', RETR: inTurn(cutInTheMiddle, asAsked) } }),
    endsAsUsual: true,
    expect: { exitCode: 0, files: { out: small } },
  }),
  changes('rest-refused-by-501', 'refuses every number of REST', 'begins anew and has the whole file', {
    script: () => ({ commands: { REST: '501 Not this number', RETR: inTurn(cutInTheMiddle, asAsked) } }),
    endsAsUsual: true,
    expect: { exitCode: 0, files: { out: small } },
  }),
  changes('rest-answered-200', 'answers REST with 200', 'says that this has no place there', {
    script: () => ({ commands: { REST: '200 Fine', RETR: inTurn(cutInTheMiddle, asAsked) } }),
    expect: { exitCode: 65, message: /answered REST with "200 Fine"/, files: { 'out.part': half } },
  }),
  changes(
    'file-changed',
    'has another file of the same size and another time when the client comes again',
    'begins anew and joins nothing',
    {
      script: () => ({ commands: { MDTM: otherTime(), RETR: inTurn(cutInTheMiddle, sendsAnyway(changed)) } }),
      expect: { exitCode: 0, files: { out: changed } },
    },
  ),
  changes('file-shorter', 'has a shorter file when the client comes again', 'begins anew and has the shorter one', {
    script: () => ({
      commands: {
        SIZE: inTurn('213 100000', '213 30000'),
        RETR: inTurn(cutInTheMiddle, sendsAnyway(changed.subarray(0, 30_000))),
      },
    }),
    expect: { exitCode: 0, files: { out: changed.subarray(0, 30_000) } },
  }),
  changes('file-gone', 'has no such file any more when the client comes again', 'says so and keeps what it has', {
    script: () => ({ commands: { RETR: inTurn(cutInTheMiddle, '550 No such file') } }),
    expect: { exitCode: 66, message: /550 No such file/, files: { 'out.part': half } },
  }),
  changes(
    'cut-every-time',
    'cuts every download behind a few bytes',
    'goes on from byte to byte until its tries are used up, and keeps what it has',
    {
      script: () => ({
        commands: {
          RETR: sending(async ({ session, line, bytes }) => {
            await line.write(bytes.subarray(0, 10_000));
            cut(line);
            await session.reply('226 Done');
          }),
        },
      }),
      command: get('a.bin', ['--retry', '2']),
      expect: { exitCode: 75, sent: /REST 5000\n.*REST 7500\n/s, files: { 'out.part': small.subarray(0, 17_500) } },
    },
  ),
  changes(
    'part-of-another-file',
    'has another file than the one whose part lies here, of the same size and older',
    'does not join the two',
    {
      endsAsUsual: true,
      script: () => ({ commands: { MDTM: '213 20200101000000' } }),
      command: {
        ...get('a.bin', ['--retry', '0', '--resume']),
        local: { 'out.part': changed.subarray(0, 50_000) },
      },
      expect: { exitCode: 0, files: { out: small } },
    },
  ),
  changes(
    'upload-of-another-file',
    'has another file under the name of an upload that is resumed',
    'reads its end back and sends everything anew',
    {
      script: () => ({
        commands: {
          SIZE: inTurn('213 1500000', '213 1500000', '213 2097152'),
          RETR: async (session) => {
            session.restartAt = 0;
            await session.reply('150 Here it comes');
            const line = await session.acceptData();
            await line.write(seededBytes(16_384, 5));
            await session.endData(line);
            await session.reply('226 Done');
          },
          STOR: taking(async ({ session, line, name }) => {
            if (session.restartAt > 0) throw new Error('the upload went on behind another file');
            session.uploads.set(name, await line.readToEnd());
            await session.endData(line);
            await session.reply('226 Done');
          }),
        },
      }),
      modes: plainOnly,
      command: put(medium, ['--retry', '0', '--resume']),
      endsAsUsual: true,
      expect: { exitCode: 0, uploads: { 'b.bin': medium } },
    },
  ),
];

export const lies = [...sizes, ...times, ...resumes];
