/** Commands over several sessions, uploads of folders, comparisons, and keys that are named by the user. */

import type { Script, ScriptedSession } from '../../../../../src/testing/index.ts';
import { seededBytes } from '../../../../../src/testing/index.ts';
import { defineRogueCase, everyLine, explicitTls, type RogueCommand } from '../../define-rogue-case.ts';
import { cut, get, inTurn, listing, put, sending, taking } from '../../scripts.ts';
import { medium } from '../../served-files.ts';

const time = '213 20260101120000';
const segmented = get('medium.bin', ['--segments', '2', '--retry', '1']);
const upFolder: RogueCommand = {
  name: 'mirror',
  before: ['@/from'],
  path: 'in/',
  options: ['--no-journal', '--parallel', '1', '--retry', '0'],
  local: { 'from/one.bin': medium },
};

/** RETR that does not care what REST has said, and sends as many bytes as were asked for. */
const fromTheBeginning: Script = async (session: ScriptedSession) => {
  const from = session.restartAt;
  session.restartAt = 0;
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(medium.subarray(0, medium.length - from)).catch(() => undefined);
  await session.endData(line).catch(() => undefined);
  await session.reply('226 Done').catch(() => undefined);
};

export const moreSessions = [
  defineRogueCase({
    id: 'segments/rest-ignored',
    section: 5,
    server: 'answers REST with 350 and sends every segment from the beginning of the file',
    client: 'does not join them, although the sizes agree',
    modes: everyLine,
    script: () => ({ commands: { MDTM: time, RETR: fromTheBeginning } }),
    command: segmented,
    expect: { exitCode: 75, message: /do not fit together/, files: {} },
  }),
  defineRogueCase({
    id: 'segments/file-changes-meanwhile',
    section: 5,
    server: 'has another time for the file when all segments are fetched',
    client: 'does not give the file its name',
    modes: everyLine,
    script: () => ({ commands: { MDTM: inTurn(time, '213 20260101120001') } }),
    command: segmented,
    expect: { exitCode: 75, message: /has changed on the server/, files: {} },
  }),
  defineRogueCase({
    id: 'segments/cut-once',
    section: 5,
    server: 'cuts one of two segments in its middle',
    client: 'fetches the rest of that segment on another session',
    modes: everyLine,
    script: () => ({
      commands: {
        MDTM: time,
        RETR: inTurn(
          sending(async ({ session, line, bytes }) => {
            await line.write(bytes.subarray(0, 300_000));
            cut(line);
            session.control.reset();
          }),
          sending(async ({ session, line, bytes }) => {
            await line.write(bytes).catch(() => undefined);
            await session.endData(line).catch(() => undefined);
            await session.reply('226 Done').catch(() => undefined);
          }),
        ),
      },
    }),
    command: segmented,
    expect: { exitCode: 0, message: /Trying again/, files: { out: medium } },
  }),
  defineRogueCase({
    id: 'mirror-up/stores-less',
    section: 5,
    server: 'confirms a file of a mirrored folder and keeps half of it',
    client: 'names the file and ends with an error',
    modes: everyLine,
    script: () => ({
      commands: {
        MLSD: listing(''),
        CWD: '250 Fine',
        STOR: taking(async ({ session, line, name }) => {
          const bytes = await line.readToEnd();
          session.uploads.set(name, bytes.subarray(0, bytes.length / 2));
          await session.endData(line);
          await session.reply('226 Done');
        }),
      },
    }),
    command: upFolder,
    expect: { exitCode: 75, message: /one\.bin/ },
  }),
  defineRogueCase({
    id: 'mirror-up/refuses-a-file',
    section: 5,
    server: 'refuses every file of a mirrored folder',
    client: 'names the file with the reply, and does not call the folder mirrored',
    modes: everyLine,
    script: () => ({ commands: { MLSD: listing(''), CWD: '250 Fine', STOR: '553 Not allowed' } }),
    command: upFolder,
    expect: { exitCode: 66, message: /553 Not allowed/ },
  }),
  defineRogueCase({
    id: 'sync-check/cut-listing',
    section: 5,
    server: 'cuts the listing of the folder that is compared',
    client: 'says nothing of missing files, and that the listing was cut',
    modes: everyLine,
    script: () => ({
      commands: {
        MLSD: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write('type=file;size=1; a\r\n');
          line.reset();
          await session.reply('426 Cut');
        },
      },
    }),
    command: { name: 'sync-check', path: 'in/', behind: ['@/to'], options: [], local: { 'to/b': Buffer.from('b') } },
    expect: { exitCode: 75, neverSays: /only here|missing/i },
  }),
  defineRogueCase({
    id: 'pin/other-key',
    section: 1,
    server: 'has a trusted certificate, and not the key that was named with --pin',
    client: 'says no password to it',
    modes: explicitTls,
    endsAsUsual: true,
    script: () => ({}),
    command: get('a.bin', ['--retry', '0', '--pin', `sha256/${Buffer.alloc(32, 7).toString('base64')}`]),
    expect: { exitCode: 76, message: /key/i, files: {}, neverSent: /USER|PASS/ },
  }),
  defineRogueCase({
    id: 'upload/still-growing',
    section: 4,
    server: 'still writes what a lost session has sent when the upload is resumed',
    client: 'waits until the size is at rest, and goes on from there',
    modes: everyLine,
    script: () => ({
      commands: {
        SIZE: inTurn('213 1000000', '213 1200000', '213 1500000', '213 1500000', '213 2097152'),
        RETR: async (session) => {
          const from = session.restartAt;
          session.restartAt = 0;
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(medium.subarray(from, 1_500_000));
          await session.endData(line);
          await session.reply('226 Done');
        },
        STOR: taking(async ({ session, line, name }) => {
          const from = session.restartAt;
          session.restartAt = 0;
          session.uploads.set(name, Buffer.concat([medium.subarray(0, from), await line.readToEnd()]));
          await session.endData(line);
          await session.reply('226 Done');
        }),
      },
    }),
    command: put(medium, ['--retry', '0', '--resume']),
    expect: { exitCode: 0, sent: /REST 1500000\nSTOR/, uploads: { 'b.bin': medium } },
  }),
  defineRogueCase({
    id: 'active/stranger',
    section: 1,
    server: 'never comes to the port of active mode',
    client: 'gives up within its time and says so',
    modes: everyLine,
    script: () => ({ commands: { EPRT: '200 Fine', RETR: '150 Here it comes' } }),
    command: get('a.bin', ['--retry', '0', '--active', '--connect-timeout', '1']),
    expect: { exitCode: 124, files: {} },
  }),
  defineRogueCase({
    id: 'resume/same-beginning-other-file',
    section: 3,
    server: 'has a file that begins like the part that is here and goes on otherwise',
    client: 'sees it by the last bytes that are here, and begins anew',
    modes: everyLine,
    endsAsUsual: true,
    script: () => ({ commands: { MDTM: '213 20200101000000' } }),
    command: {
      ...get('a.bin', ['--retry', '0', '--resume']),
      local: { 'out.part': Buffer.concat([seededBytes(100_000, 31).subarray(0, 40_000), Buffer.alloc(10_000, 1)]) },
    },
    expect: { exitCode: 0, files: { out: seededBytes(100_000, 31) } },
  }),
];
