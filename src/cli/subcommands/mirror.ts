/** `twinline mirror`: makes one folder like another, from a server or to it. */

import {
  createPool,
  type PoolNotice,
  type MirrorOptions,
  type MirrorResult,
  mirrorDown,
  mirrorUp,
} from '../../client/index.ts';
import { advised } from '../advice.ts';
import { passwordNote, readClientCall, readTransferSettings, sessionOptions, text } from '../client-options/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { chooseDisplay, displayOptions, formatCount, Report } from '../display/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { withInterrupts } from '../interrupt.ts';
import { MirrorReport } from '../mirror/mirror-report.ts';
import {
  journalPathOf,
  patternNote,
  readTwoSides,
  readTwoSidesSettings,
  remoteDirOf,
  sharedTransferOptions,
  twoSidesOptions,
} from '../mirror/two-sides.ts';
import { UsageError } from '../usage-error.ts';

export const mirror = defineSubcommand({
  name: 'mirror',
  summary: 'Make a folder like another one, from a server or to it.',
  arguments: [
    { notation: '<from>', description: 'URL or local folder; what is in it goes into <to>' },
    { notation: '<to>', description: 'local folder or URL; made where it is missing' },
  ],
  options: [
    ...twoSidesOptions,
    { flags: '--delete', description: 'Remove what <from> does not have, when all of it could be read.' },
    { flags: '--max-delete <count>', description: 'With --delete: remove nothing when more than this would go.' },
    { flags: '-n, --dry-run', description: 'Change nothing and say what would be done.' },
    { flags: '--newer', description: 'Copy only what is missing or newer; what is newer in <to> stays.' },
    { flags: '--itemize', description: 'Say of each file why it is copied.' },
    { flags: '--fsync', description: 'Wait for the disk after each downloaded file.' },
    { flags: '--no-journal', description: 'Keep no journal; what was done is found out by comparing.' },
    ...sharedTransferOptions,
    ...displayOptions,
    ...sessionOptions,
  ],
  examples: [
    {
      line: 'twinline mirror ftpes://files.example.org/pub/ ./pub -u anna',
      says: 'what is in pub there goes to pub here',
    },
    {
      line: 'twinline mirror ./site ftpes://www.example.org/htdocs/ -u anna --delete --dry-run',
      says: 'what would be sent and removed',
    },
    {
      line: "twinline mirror ftpes://files.example.org/ all -u anna --exclude '*.tmp' --exclude cache/",
      says: 'without some files and folders',
    },
  ],
  notes: [
    'The contents of <from> go into <to>, with or without a slash at the end. A file is copied when it is missing, or differs in ' +
      'size or time; it gets the time of its original. Links are skipped.',
    patternNote,
    'A mirror that was interrupted or killed goes on with the same command: a journal in $XDG_STATE_HOME/twinline/mirror tells what was done.',
    passwordNote,
  ],
  async run(words, options, output) {
    const sides = readTwoSides('mirror', words);
    const settings = readTwoSidesSettings(options);
    const mirrorOptions = readMirrorOptions(options);
    const call = await readClientCall(sides.url, options, output);
    const report = new Report(chooseDisplay(options, output, true, false));
    report.nameFailures();
    const mirrorReport = new MirrorReport(report, sides.direction, options['itemize'] === true);
    const journalPath = options['journal'] === false ? undefined : journalPathOf(sides, call);
    const work = withInterrupts(output, call.maxTimeMs, mirrorAll, { onInterrupt: () => report.close() });

    async function mirrorAll(signal: AbortSignal): Promise<MirrorResult> {
      const size = settings.parallel;
      await using pool = createPool(
        { ...call.connect, signal },
        { size, onNotice: (notice) => tellPool(notice, report) },
      );
      const all: MirrorOptions = {
        ...settings,
        ...mirrorOptions,
        ...(journalPath === undefined ? {} : { journalPath }),
        signal,
        onEvent: (event) => mirrorReport.tell(event),
      };
      const remoteDir = remoteDirOf(call);
      return sides.direction === 'down'
        ? await mirrorDown(pool, remoteDir, sides.localDir, all)
        : await mirrorUp(pool, sides.localDir, remoteDir, all);
    }

    try {
      mirrorReport.sums(await advised(call, work), mirrorOptions.dryRun === true);
    } catch (error) {
      report.close();
      report.error(error);
      const mayGoOn = mirrorOptions.dryRun !== true && resumableExits.has(report.exitCode);
      if (mayGoOn) report.say('What has arrived is kept; the same command goes on with it.');
    }
    return report.end();
  },
});

function tellPool({ kind, sessions, error }: PoolNotice, report: Report): void {
  if (kind !== 'fewer') return;
  const why = error === undefined ? '' : ` (${error.message.replace(/\.$/, '')})`;
  report.notice(`The server lets in no more than ${formatCount(sessions, 'session')}; going on with those${why}.`);
}

/** Exits behind which the same command is worth a try. */
const resumableExits: ReadonlySet<number> = new Set([
  exitCodes.incomplete,
  exitCodes.timeout,
  exitCodes.unavailable,
  exitCodes.interrupted,
]);

function readMirrorOptions(options: OptionValues): MirrorOptions {
  const { rateLimit, retry } = readTransferSettings(options);
  const maxDelete = text(options, 'maxDelete');
  if (maxDelete !== undefined && !/^\d{1,9}$/.test(maxDelete)) {
    throw new UsageError(`--max-delete takes a number of entries, not "${maxDelete}".`);
  }
  if (maxDelete !== undefined && options['delete'] !== true) {
    throw new UsageError('--max-delete says how much --delete may remove; write --delete too, or leave it out.');
  }
  return {
    delete: options['delete'] === true,
    dryRun: options['dryRun'] === true,
    newer: options['newer'] === true,
    sync: options['fsync'] === true,
    ...(maxDelete === undefined ? {} : { maxDelete: Number(maxDelete) }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(retry === undefined ? {} : { retry }),
  };
}
