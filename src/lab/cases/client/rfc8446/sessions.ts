/** D03, D04: tickets, key updates and empty records on the data connection. */

import type { Tls13Records, WatchedLine } from '../../../../peer/index.ts';
import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase } from '../../../engine/lab-case.ts';
import { defineCopingCase } from '../coping-case.ts';
import { retrieveBy } from '../served.ts';

function resumption(row: string, version: 'TLSv1.2' | 'TLSv1.3', name: string): ClientCase {
  return defineClientCase({
    id: `rfc4217/10.2/session-resumed-${name}`,
    row,
    area: 'tls',
    level: 'MAY',
    clause: 'RFC 4217 section 10.2',
    requirement: `The data connection resumes the ${version.replace('v', ' ')} session of the control connection.`,
    outcomes: {
      resumes: { grade: 'pass', says: 'the client resumes the session' },
      full: { grade: 'info', says: 'the client makes a full handshake, which servers that want resumption refuse' },
      fails: { grade: 'non-strict', says: 'the client fails under this version of TLS' },
      hangs: { grade: 'non-strict', says: 'the client comes to no end' },
      crashes: { grade: 'fail', says: 'the client crashes' },
    },
    advice: 'Offer the newest session of the control connection on each data connection.',
    task: 'download',
    async run(lab) {
      let isResumed = false;
      const content = lab.random.bytes(64 * 1024);
      const run = await lab.run({
        content,
        tls: { minVersion: version, maxVersion: version },
        commands: {
          RETR: retrieveBy(async (line, session) => {
            isResumed = line.tls?.isSessionReused() === true;
            await line.write(content);
            await session.endData(line);
          }),
        },
      });
      const { facts } = run;
      if (run.hung) return { outcome: 'hangs', facts };
      if (run.crashed) return { outcome: 'crashes', facts };
      if (!run.claimsSuccess) return { outcome: 'fails', facts };
      return { outcome: isResumed ? 'resumes' : 'full', facts };
    },
  });
}

export const resumesTls12 = resumption('D03a', 'TLSv1.2', 'tls-1.2');
export const resumesTls13 = resumption('D03b', 'TLSv1.3', 'tls-1.3');

/** Serves the file in records that are made by hand. */
function forged(lab: ClientLab, make: (records: Tls13Records, content: Buffer) => readonly Buffer[]): RogueOptions {
  const content = lab.random.bytes(256 * 1024);
  return {
    content,
    dataTlsStart: 'on-transfer',
    commands: {
      RETR: async (session) => {
        await session.reply('150 Here it comes');
        const line: WatchedLine = await session.acceptRawData();
        const records = await session.forgeData(line);
        for (const bytes of make(records, content)) await line.writeRaw(bytes);
        line.raw.end();
        await session.reply('226 Done');
      },
    },
  };
}

const common = { area: 'tls', level: 'MUST', task: 'download' } as const;

export const lateTickets = defineCopingCase({
  ...common,
  id: 'rfc8446/4.6.1/late-tickets',
  row: 'D04a',
  clause: 'RFC 8446 section 4.6.1',
  requirement:
    'Session tickets may come at any time behind the handshake: between the data, and behind the last of it.',
  advice: 'Leave tickets to the TLS library, and take no length of records for granted.',
  rogue: (lab) =>
    forged(lab, (records, content) => [
      records.data(content.subarray(0, 100_000)),
      records.ticket(),
      records.data(content.subarray(100_000)),
      records.ticket(),
      records.ticket(),
      records.closeNotify(),
    ]),
});

export const keyUpdates = defineCopingCase({
  ...common,
  id: 'rfc8446/4.6.3/key-updates',
  row: 'D04b',
  clause: 'RFC 8446 section 4.6.3',
  requirement: 'The keys may be updated in the middle of a download.',
  advice: 'Use a TLS library that knows key updates, and let it see them.',
  rogue: (lab) =>
    forged(lab, (records, content) => [
      records.data(content.subarray(0, 100_000)),
      records.keyUpdate(),
      records.data(content.subarray(100_000, 200_000)),
      records.keyUpdate(true),
      records.data(content.subarray(200_000)),
      records.closeNotify(),
    ]),
});

export const emptyAndPaddedRecords = defineCopingCase({
  ...common,
  id: 'rfc8446/5.4/empty-and-padded-records',
  row: 'D04c',
  clause: 'RFC 8446 sections 5.1 and 5.4',
  requirement: 'Records may be empty, small and padded.',
  advice: 'Take no length of records for granted.',
  rogue: (lab) =>
    forged(lab, (records, content) => [
      records.data(content.subarray(0, 5_000), 250),
      records.record(23, Buffer.alloc(0)),
      records.record(23, content.subarray(5_000, 5_100), 1_000),
      records.record(23, Buffer.alloc(0), 500),
      records.data(content.subarray(5_100)),
      records.closeNotify(),
    ]),
});
