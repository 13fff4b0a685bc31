/** Draws a recording of the proxy as a page. */

import { createReadStream } from 'node:fs';
import { TwinlineError } from '../../errors/index.ts';
import { parseRecording, RecordingError, recordingHtml } from '../../lab/index.ts';
import { fileProblem } from '../file-problem.ts';
import { writeLabFile } from '../lab/report-files.ts';

/** A page from a longer recording would be of no use to anyone. */
const maxRecordingBytes = 256 * 1024 * 1024;

async function readRecording(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxRecordingBytes) throw new Error(`it has more than ${maxRecordingBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    const message = `The recording "${path}" cannot be read: ${fileProblem(cause)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
  return Buffer.concat(chunks).toString();
}

/** Throws `TwinlineError`. */
export async function drawRecording(recordingPath: string, reportPath: string): Promise<void> {
  const text = await readRecording(recordingPath);
  let html: string;
  try {
    html = recordingHtml(parseRecording(text));
  } catch (cause) {
    if (!(cause instanceof RecordingError)) throw cause;
    const message = `"${recordingPath}" is no recording of the proxy: ${cause.message}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
  // As the recording: it holds what two others said to each other.
  await writeLabFile(reportPath, 'The report', html, 0o600);
}
