/** A log in a file: lines made of events, appended, never waited for. */

import type { ServerEvent } from '../../server/index.ts';
import { AppendFile } from './append-file.ts';
import { createSink, type Sink, type SinkReports } from './sink.ts';

/** Log lines that may wait for a slow disk. */
const maxWaitingLines = 100_000;

/** Opens the file. Rejects with the system's error where it cannot be opened. */
export async function openLogFile(
  path: string,
  linesOf: (event: ServerEvent) => readonly string[],
  reports: SinkReports,
): Promise<Sink> {
  const file = new AppendFile(path);
  await file.open();
  return createSink<string>(
    {
      name: 'log-file',
      itemsOf: linesOf,
      write: (lines) => file.append(lines.map((line) => `${line}\n`).join('')),
      maxWaiting: maxWaitingLines,
      reopen: () => file.reopen(),
      end: () => file.close(),
    },
    reports,
  );
}
