/** `twinline sync-check`: says how two folders differ, and moves nothing. */

import { compareTrees, type CompareTreesResult, createPool, type TreeDifference } from '../../client/index.ts';
import { printable } from '../../protocol/index.ts';
import { advised } from '../advice.ts';
import { passwordNote, readClientCall, sessionOptions } from '../client-options/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { chooseDisplay, displayOptions, type EventOf, formatCount, Report } from '../display/index.ts';
import { withInterrupts } from '../interrupt.ts';
import { patternNote, readTwoSides, readTwoSidesSettings, remoteDirOf, twoSidesOptions } from '../mirror/two-sides.ts';
import type { Output } from '../output.ts';

export const syncCheck = defineSubcommand({
  name: 'sync-check',
  summary: 'Say how two folders differ, and move nothing.',
  arguments: [
    { notation: '<from>', description: 'URL or local folder' },
    { notation: '<to>', description: 'local folder or URL that should be like it' },
  ],
  options: [...twoSidesOptions, ...displayOptions, ...sessionOptions],
  examples: [
    { line: 'twinline sync-check ftpes://files.example.org/pub/ ./pub -u anna', says: 'by size and time' },
    {
      line: 'twinline sync-check ./site ftpes://www.example.org/htdocs/ -u anna --checksum',
      says: 'by what is in the files',
    },
  ],
  notes: [
    'Each difference is a line: missing (only <from> has it), extra (only <to> has it), size, time or checksum, and the path. ' +
      'The exit code is 0 when there is none and 1 when there are some. Files are compared as mirror does it.',
    patternNote,
    passwordNote,
  ],
  async run(words, options, output) {
    const sides = readTwoSides('sync-check', words);
    const settings = readTwoSidesSettings(options);
    const call = await readClientCall(sides.url, options, output);
    const report = new Report(chooseDisplay(options, output, false));
    const isForPeople = options['json'] !== true && options['quiet'] !== true;
    const work = withInterrupts(output, call.maxTimeMs, async (signal): Promise<CompareTreesResult> => {
      await using pool = createPool({ ...call.connect, signal }, { size: settings.parallel });
      const paths = { remote: remoteDirOf(call), local: sides.localDir };
      return await compareTrees(pool, sides.direction, paths, {
        ...settings,
        signal,
        onDifference: (difference) => {
          report.difference(eventOf(difference));
          if (isForPeople) printDifference(difference, output);
        },
        onSkipped: (path, why) => {
          const side = sides.direction === 'down' ? 'remote' : 'local';
          report.action({ action: 'skip', side, path, why });
        },
        onFailure: (path, error) => report.error(error, path),
      });
    });
    try {
      const { same, differences } = await advised(call, work);
      report.compared(differences);
      report.notice(`${formatCount(differences, 'difference')}, ${formatCount(same, 'file')} the same`);
    } catch (error) {
      report.error(error);
    }
    return report.end();
  },
});

function printDifference({ kind, path, isFolder, source, target }: TreeDifference, output: Output): void {
  const sizes = kind === 'size' ? `  ${source?.size ?? '?'} and ${target?.size ?? '?'} bytes` : '';
  const times = kind === 'time' ? `  ${timeText(source?.modifiedMs)} and ${timeText(target?.modifiedMs)}` : '';
  output.stdout.write(`${kind.padEnd(8)}  ${printable(path)}${isFolder ? '/' : ''}${sizes}${times}\n`);
}

function timeText(ms: number | undefined): string {
  return ms === undefined ? '?' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function eventOf({ kind, path, isFolder, source, target }: TreeDifference): Omit<EventOf<'difference'>, 'kind'> {
  return {
    difference: kind,
    path,
    type: isFolder ? 'directory' : 'file',
    source: kind === 'extra' ? null : factsOf(source),
    target: kind === 'missing' ? null : factsOf(target),
  };
}

function factsOf(facts: TreeDifference['source']): EventOf<'difference'>['source'] {
  const { size, modifiedMs } = facts ?? {};
  return {
    ...(size === undefined ? {} : { size }),
    ...(modifiedMs === undefined ? {} : { modified: new Date(modifiedMs).toISOString() }),
  };
}
