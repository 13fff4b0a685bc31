/** D13c, D15c, D16c: how the client ends an upload. */

import { setTimeout as sleep } from 'node:timers/promises';
import { defaultScripts, type EndingKind } from '../../../../peer/index.ts';
import type { ClientLab, ClientRun, RogueOptions } from '../../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase, type LineReport } from '../../../engine/lab-case.ts';

const outcomes = {
  clean: { grade: 'pass', says: 'all bytes arrive, and close_notify behind them' },
  cut: { grade: 'unclean', says: 'all bytes arrive, and no close_notify: the server cannot tell them from a part' },
  lost: { grade: 'fail', says: 'the client reports success, and the end of the file never arrives' },
  thrown: {
    grade: 'fail',
    says: 'the client resets the line behind its last byte, and the end of the file never arrives',
  },
  again: { grade: 'unclean', says: 'the client cuts the end of its own upload off, and sends it in another transfer' },
  fails: { grade: 'broken', says: 'the upload fails' },
  hangs: { grade: 'broken', says: 'the client comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

interface Taken {
  bytes: Buffer;
  how: EndingKind;
}

function describe(
  run: ClientRun,
  taken: Taken,
): { outcome: keyof typeof outcomes; facts: string; lines: LineReport[] } {
  const facts = `${taken.bytes.length} of ${run.content.length} bytes arrived, then ${taken.how}; ${run.facts}`;
  const isClean = taken.how === 'close-notify';
  const lines: LineReport[] = [{ line: 'data', ending: taken.how === 'none' ? 'open' : taken.how, isClean }];
  const seen = (outcome: keyof typeof outcomes) => ({ outcome, facts, lines });
  if (run.crashed) return seen('crashes');
  if (taken.bytes.equals(run.content)) {
    if (run.hung) return seen('hangs');
    if (!run.claimsSuccess) return seen('fails');
    return seen(isClean ? 'clean' : 'cut');
  }
  // Where the line was reset by the client, the rest of the file was in its hands and is thrown away.
  if (run.hung) return seen('hangs');
  if (run.claimsSuccess) return seen('lost');
  return seen(taken.how === 'reset' ? 'thrown' : 'fails');
}

async function takeUpload(lab: ClientLab, options: RogueOptions): Promise<ReturnType<typeof describe>> {
  let taken: Taken = { bytes: Buffer.alloc(0), how: 'none' };
  const run = await lab.run({
    ...options,
    // The name is free, so that SIZE tells no client that all of it is there.
    files: {},
    commands: {
      STOR: async (session) => {
        await session.reply('150 Send it');
        const line = await session.acceptData();
        const bytes = await line.readToEnd().catch(() => line.unread());
        taken = { bytes, how: line.ending.how };
        const isWhole = bytes.length === options.content?.length && line.ending.how !== 'reset';
        if (isWhole) await session.endData(line).catch(() => undefined);
        else line.destroy();
        await session.reply(isWhole ? '226 Done' : '426 The data connection is gone, and bytes are missing');
      },
    },
  });
  return describe(run, taken);
}

function endOfUpload(row: string, version: 'TLSv1.2' | 'TLSv1.3', name: string, bytes: number): ClientCase {
  const clause = version === 'TLSv1.3' ? 'RFC 8446 section 6.1' : 'RFC 5246 section 7.2.1';
  return defineClientCase({
    id: `${version === 'TLSv1.3' ? 'rfc8446/6.1' : 'rfc5246/7.2.1'}/${name}`,
    row,
    area: 'data',
    level: 'MUST',
    clause,
    requirement: `${bytes === 0 ? 'An empty upload' : 'An upload'} under ${version.replace('v', ' ')} ends with close_notify.`,
    outcomes,
    advice: 'Send close_notify behind the last byte, and read until the other side has closed before you close.',
    task: 'upload',
    run: (lab) =>
      takeUpload(lab, { content: lab.random.bytes(bytes), tls: { minVersion: version, maxVersion: version } }),
  });
}

export const uploadEndsTls12 = endOfUpload('D13c', 'TLSv1.2', 'end-of-upload', 200_000);
export const uploadEndsTls13 = endOfUpload('D13d', 'TLSv1.3', 'end-of-upload', 200_000);
export const emptyUpload = endOfUpload('D16c', 'TLSv1.3', 'empty-upload', 0);

/** How long the server leaves the bytes of the client unread, in milliseconds: longer than any client needs to send them. */
const pauseMs = 1_500;

export const tailOfUpload = defineClientCase({
  id: 'rfc8446/6.1/tail-of-upload',
  row: 'D15c',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 8446 section 6.1',
  requirement:
    'The last bytes of an upload arrive also where the server reads late, and its session tickets come late.',
  outcomes,
  advice:
    'Read the data connection to its end before you close it: tickets that come to a closed socket make the kernel reset the ' +
    'connection and drop what it has not sent yet.',
  task: 'upload',
  async run(lab) {
    let first: Taken | undefined;
    const content = lab.random.bytes(1024 * 1024);
    const run = await lab.run({
      content,
      files: {},
      dataTlsStart: 'on-transfer',
      commands: {
        STOR: async (session, name) => {
          // What a client sends behind its first transfer is taken as fast as it comes, and may go on at what has come.
          if (first !== undefined) return session.perform(defaultScripts['STOR'] ?? '', name);
          await session.reply('150 Send it');
          const line = await session.acceptRawData();
          const records = await session.forgeData(line);
          line.pause();
          lab.fault(`the server reads nothing for ${pauseMs} ms`);
          await sleep(pauseMs - 300);
          lab.fault('two session tickets');
          await line.writeRaw(Buffer.concat([records.ticket(), records.ticket()])).catch(() => undefined);
          await sleep(300);
          line.resume();
          const bytes = await line.readToEnd().catch(() => line.unread());
          first = { bytes, how: line.ending.how };
          session.uploads.set(name, bytes);
          await line.writeRaw(records.closeNotify()).catch(() => undefined);
          line.raw.end();
          const isWhole = bytes.length === content.length;
          await session.reply(isWhole ? '226 Done' : '426 The data connection is gone, and bytes are missing');
        },
      },
    });
    const seen = describe(run, first ?? { bytes: Buffer.alloc(0), how: 'none' });
    const isThere = [...run.server.uploads.values()].some((bytes) => bytes.equals(content));
    return run.claimsSuccess && isThere && first?.how === 'reset' ? { ...seen, outcome: 'again' } : seen;
  },
});
