/** Draws a recording of the proxy as a page. */

import { TwinlineError } from '../../errors/index.ts';
import { parseRecording, RecordingError, recordingHtml } from '../../lab/index.ts';
import { readLabFile } from '../lab/read-lab-file.ts';
import { writeLabFile } from '../lab/report-files.ts';

/** A page from a longer recording would be of no use to anyone. */
const maxRecordingBytes = 256 * 1024 * 1024;

/** Throws `TwinlineError`. */
export async function drawRecording(recordingPath: string, reportPath: string): Promise<void> {
  const text = await readLabFile(recordingPath, 'The recording', maxRecordingBytes);
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
