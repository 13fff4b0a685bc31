/** The audit in a file: one JSON object a line, appended. */

import { AppendFile } from '../sinks/append-file.ts';
import { createSink, type Sink, type SinkReports } from '../sinks/sink.ts';
import { auditLine, type AuditRecords } from './audit-record.ts';

/** Opens it. Rejects with the system's error where the file cannot be opened. */
export async function openAuditFile(path: string, records: AuditRecords, reports: SinkReports): Promise<Sink> {
  const file = new AppendFile(path);
  await file.open();
  return createSink<string>(
    {
      name: 'audit-file',
      itemsOf: (event) => records.of(event).map((record) => `${auditLine(record)}\n`),
      write: (lines) => file.append(lines.join('')),
      reopen: () => file.reopen(),
      end: () => file.close(),
    },
    reports,
  );
}
