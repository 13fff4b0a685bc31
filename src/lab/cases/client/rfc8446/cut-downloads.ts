/** D10, D11, D12: downloads and listings that are cut short and confirmed by 226. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchedLine, ScriptedSession } from '../../../../peer/index.ts';
import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { defineNoticingCase } from '../noticing-case.ts';
import { withoutSize } from '../served.ts';

const common = {
  area: 'data',
  level: 'MUST',
  clause: 'RFC 8446 section 6.1',
  task: 'download',
  believed: 'the client reports success for a quarter of the file',
  advice: 'Tell close_notify from a bare FIN on the data connection, and compare with SIZE.',
} as const;

/** Sends a quarter of the file, ends the data line in that way, and confirms. */
function cutShort(lab: ClientLab, end: (line: WatchedLine) => void | Promise<void>, what: string): RogueOptions {
  const content = lab.random.bytes(4 * 1024 * 1024);
  const quarter = content.length / 4;
  return {
    content,
    commands: {
      RETR: async (session) => {
        const from = Math.min(session.restartAt, quarter);
        session.restartAt = 0;
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(content.subarray(from, quarter));
        lab.fault(`${what} behind a quarter of the file`);
        await end(line);
        await session.reply('226 Done');
      },
    },
  };
}

const cut = (line: WatchedLine): void => line.finWithoutCloseNotify();
const cutText = 'FIN without close_notify';

/**
 * A reset takes along what the client has not read yet; it is to be the end of the line, and not of the bytes. And 226 is to find
 * the client at a line that is lost already: some take the one for the other then, and do not where 226 comes first.
 */
const reset = async (line: WatchedLine): Promise<void> => {
  await sleep(150);
  line.reset();
  await sleep(150);
};

export const truncatedDownload = defineNoticingCase({
  ...common,
  id: 'rfc8446/6.1/truncated-download',
  row: 'D10a',
  requirement: 'A download that ends without close_notify is not taken for complete because 226 comes.',
  smoke: true,
  rogue: (lab) => withoutSize(cutShort(lab, cut, cutText)),
});

export const truncatedDownloadWithSize = defineNoticingCase({
  ...common,
  id: 'rfc8446/6.1/truncated-download-of-known-size',
  row: 'D10b',
  requirement: 'A download that ends without close_notify and short of its SIZE is not taken for complete.',
  rogue: (lab) => cutShort(lab, cut, cutText),
});

export const truncatedDownloadTls12 = defineNoticingCase({
  ...common,
  id: 'rfc5246/7.2.1/truncated-download-tls-1.2',
  row: 'D10c',
  clause: 'RFC 5246 section 7.2.1',
  requirement: 'Under TLS 1.2, too, a download that ends without close_notify is not taken for complete.',
  rogue: (lab) => withoutSize({ ...cutShort(lab, cut, cutText), tls: { maxVersion: 'TLSv1.2' } }),
});

export const truncatedListing = defineNoticingCase({
  ...common,
  id: 'rfc8446/6.1/truncated-listing',
  row: 'D10d',
  task: 'list',
  requirement: 'A listing that ends without close_notify is not shown as if it were whole.',
  believed: 'the client shows a part of the listing as the whole of it',
  advice: 'Tell close_notify from a bare FIN on listings, too: nothing else says that a listing is whole.',
  rogue: (lab) => {
    const listing = (text: string) => async (session: ScriptedSession) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write(text);
      lab.fault(`${cutText} in the middle of a listing`);
      line.finWithoutCloseNotify();
      await session.reply('226 Done');
    };
    const unix = '-rw-r--r--   1 ftp      ftp             100 Jan 01  2026 file.bin\r\n';
    return {
      commands: {
        LIST: listing(unix),
        MLSD: listing('type=file;size=100; file.bin\r\n'),
        NLST: listing('file.bin\r\n'),
      },
    };
  },
});

export const resetDownload = defineNoticingCase({
  ...common,
  id: 'rfc959/3.2/reset-download',
  row: 'D11a',
  clause: 'RFC 959 section 3.2',
  requirement: 'A download whose data connection is reset is not taken for complete because 226 comes.',
  advice: 'Take a reset of the data connection for the failure that it is.',
  rogue: (lab) => withoutSize(cutShort(lab, reset, 'RST')),
});

export const resetDownloadWithSize = defineNoticingCase({
  ...common,
  id: 'rfc959/3.2/reset-download-of-known-size',
  row: 'D11b',
  clause: 'RFC 959 section 3.2',
  requirement: 'A download that is reset short of its SIZE is not taken for complete.',
  advice: 'Take a reset of the data connection for the failure that it is, and compare with SIZE.',
  rogue: (lab) => cutShort(lab, reset, 'RST'),
});

export const shorterThanSize = defineNoticingCase({
  ...common,
  id: 'rfc3659/4/shorter-than-size',
  row: 'D12',
  level: 'engineering',
  clause: 'RFC 3659 section 4',
  requirement: 'A download that ends well and is shorter than SIZE says is not taken for complete without a word.',
  advice: 'Ask for SIZE before a download in TYPE I, and compare at its end.',
  rogue: (lab) => cutShort(lab, (line) => line.closeNotifyThenFin(), 'close_notify'),
});
