/** Judges a transfer by what both lines said, and by sizes: complete, unconfirmed or incomplete. Pure. */

import type { ErrorCode } from '../errors/index.ts';
import type { LineEnding } from '../net/index.ts';

/**
 * `complete`: both lines said so. `unconfirmed`: every byte arrived and the sizes agree, but the final reply was lost.
 * `incomplete`: anything else; `code` says which doubt is left.
 */
export type Verdict =
  | { readonly outcome: 'complete' }
  | { readonly outcome: 'unconfirmed'; readonly why: string }
  | { readonly outcome: 'incomplete'; readonly code: ErrorCode; readonly why: string };

export interface DownloadEvidence {
  /** How the data line ended. */
  readonly ending: LineEnding | 'no-answer';
  /** The data line was under TLS, so that an end without close_notify is a truncation (RFC 8446 section 6.1). */
  readonly secured: boolean;
  /** The final reply came and was a 2xx. */
  readonly confirmed: boolean;
  /** Bytes of the file that are here, those before the restart offset included. */
  readonly bytesHere: number;
  /** What SIZE says; undefined where it is not known. */
  readonly bytesThere: number | undefined;
}

const brokenWords: Readonly<Record<string, string>> = {
  reset: 'the data connection was reset',
  timeout: 'the data connection timed out',
  error: 'the data connection failed',
  local: 'the data connection was closed here',
};

function sizesDiffer(here: number, there: number): Verdict {
  return { outcome: 'incomplete', code: 'ERR_TWINLINE_INCOMPLETE', why: `${here} bytes here, ${there} bytes there` };
}

export function judgeDownload({ ending, secured, confirmed, bytesHere, bytesThere }: DownloadEvidence): Verdict {
  const broken = brokenWords[ending];
  if (broken !== undefined) return { outcome: 'incomplete', code: 'ERR_TWINLINE_DATA_LOST', why: broken };
  if (bytesThere !== undefined && bytesHere !== bytesThere) return sizesDiffer(bytesHere, bytesThere);
  if (bytesThere === undefined && secured && ending !== 'close-notify') {
    const why = 'the data connection ended without close_notify, as a cut connection does, and the size is not known';
    return { outcome: 'incomplete', code: 'ERR_TWINLINE_DATA_TRUNCATED', why };
  }
  if (confirmed) return { outcome: 'complete' };
  if (bytesThere !== undefined) {
    return { outcome: 'unconfirmed', why: 'the final reply did not come, but the size agrees with that of the server' };
  }
  const why = 'the final reply did not come and the size is not known';
  return { outcome: 'incomplete', code: 'ERR_TWINLINE_CONTROL_LOST', why };
}

export interface UploadEvidence {
  readonly ending: LineEnding | 'no-answer';
  readonly confirmed: boolean;
  /** The reply came before all was on its way, so that the server cannot have seen the end of the file. */
  readonly early: boolean;
  /** Bytes of the file that were sent, those before the restart offset included. */
  readonly bytesHere: number;
  /** What SIZE says after the transfer; undefined where it is not known. */
  readonly bytesThere: number | undefined;
}

/** The receiver of a file may end its half as it likes; only a line that broke could have lost what we sent. */
export function judgeUpload({ ending, confirmed, early, bytesHere, bytesThere }: UploadEvidence): Verdict {
  if (!confirmed) {
    return { outcome: 'incomplete', code: 'ERR_TWINLINE_CONTROL_LOST', why: 'the final reply did not come' };
  }
  const broken = brokenWords[ending];
  if (broken !== undefined) return { outcome: 'incomplete', code: 'ERR_TWINLINE_DATA_LOST', why: broken };
  if (bytesThere !== undefined && bytesHere !== bytesThere) return sizesDiffer(bytesHere, bytesThere);
  if (early && ending === 'no-answer' && bytesThere === undefined) {
    const why =
      'the server confirmed the file before it was sent, did not end the data connection, and the size is not known';
    return { outcome: 'incomplete', code: 'ERR_TWINLINE_DATA_LOST', why };
  }
  return { outcome: 'complete' };
}
