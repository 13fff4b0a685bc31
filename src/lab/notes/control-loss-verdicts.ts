/** What a lost control line says about each end, and what is left of the file. */

import type { NotePart, NoteVerdict } from './note-report.ts';
import type { TrialSeen } from './control-loss-trial.ts';

/** A server that leaves its data line later than this has not closed it because of the fault, in milliseconds. */
const promptMs = 3_000;

/** How the server took it; the answer of the note counts these. */
export type ServerFate = 'stopped' | 'stopped-late' | 'went-on' | 'kept-open' | 'not-shown';

export function judgeTrial(seen: TrialSeen): Pick<NotePart, 'verdicts' | 'left'> & { readonly fate: ServerFate } {
  const { fate, says } = serverFate(seen);
  const verdict = {
    stopped: 'PASS',
    'stopped-late': 'NON-STRICT',
    'went-on': 'FAIL',
    'kept-open': 'FAIL',
    'not-shown': 'INFO',
  } as const;
  const server: NoteVerdict = { end: 'server', verdict: verdict[fate], says, clause: 'RFC 959 section 3.2' };
  return { fate, verdicts: [server, clientVerdict(seen)], left: leftOf(seen) };
}

interface Fate {
  readonly fate: ServerFate;
  readonly says: string;
}

function serverFate(seen: TrialSeen): Fate {
  const moved = movedWhole(seen);
  if (moved !== undefined) return { fate: 'went-on', says: moved };
  if (seen.word?.stoppedForControl === true)
    return { fate: 'stopped', says: `it stops, and says why: ${seen.word.detail}${underWay(seen)}` };
  return seen.data === undefined ? unseenFate(seen) : seenFate(seen);
}

/** The sentence where the whole file was moved in spite of the fault. */
function movedWhole({ direction, data, remains, fileBytes, local, localName }: TrialSeen): string | undefined {
  const after = data?.bytesAfterFault(direction === 'download' ? 'server' : 'client');
  const behind = after === undefined ? '' : `: ${after} bytes passed after the fault`;
  if (direction === 'upload') {
    return remains.size === fileBytes ? `it takes the whole file as if nothing had happened${behind}` : undefined;
  }
  const isWhole = data === undefined ? local.get(localName) === fileBytes : data.bytesFrom('server') >= fileBytes;
  return isWhole ? `it sends the whole file as if nothing had happened${behind}` : undefined;
}

function underWay({ direction, data }: TrialSeen): string {
  if (direction === 'upload' || data === undefined) return '';
  return `; ${data.bytesAfterFault('server')} bytes still came, which were under way`;
}

function seenFate(seen: TrialSeen): Fate {
  const { data, watchedMs } = seen;
  const server = data?.left('server');
  if (data === undefined || (server === undefined && data.firstToLeave === undefined)) {
    return { fate: 'kept-open', says: `its data line is still open ${watchedMs / 1000} s after the fault` };
  }
  if (server === undefined || data.firstToLeave === 'client') {
    const says = 'the client left the data line first, so that the server had no choice to show';
    return { fate: 'not-shown', says };
  }
  const afterMs = Math.round(server.atMs - seen.faultAtMs);
  const how = { 'close-notify': 'by close_notify and FIN', fin: 'by FIN', reset: 'by RST' }[server.how];
  const says = `it ends the data line ${how} ${afterMs} ms after the fault${underWay(seen)}`;
  return { fate: afterMs > promptMs ? 'stopped-late' : 'stopped', says };
}

/** The data line did not pass by the lab: the files and the client tell. */
function unseenFate({ direction, outcome, remains, local, watchedMs }: TrialSeen): Fate {
  if (!outcome.endedByItself) {
    const says = `the client was still at work ${watchedMs / 1000} s after the fault, and what it read may have come from buffers: give it {proxy}, and the lab sees the data line`;
    return { fate: 'not-shown', says };
  }
  const size = direction === 'upload' ? remains.size : Math.max(0, ...local.values());
  return { fate: 'stopped', says: `the transfer ended at ${size ?? 0} bytes, and never became whole` };
}

export function clientVerdict(seen: TrialSeen): NoteVerdict {
  const { outcome, isPatient, direction, local, localName, fileBytes, localIsPrefix, watchedMs } = seen;
  const clause = 'RFC 959 section 5.4';
  const made = (verdict: NoteVerdict['verdict'], says: string): NoteVerdict => ({
    end: 'client',
    verdict,
    says,
    clause,
  });
  if (isPatient) return made('SKIP', 'the client of the lab keeps its line on purpose, and is not judged');
  const isWhole =
    direction === 'upload' ? seen.remains.size === fileBytes : local.get(localName) === fileBytes && localIsPrefix;
  if (!outcome.endedByItself)
    return made('NON-STRICT', `it was still running ${watchedMs / 1000} s after the fault, and was ended`);
  if (!outcome.claimsSuccess) return made('PASS', `it reports the failure: ${outcome.says}`);
  if (isWhole)
    return made(
      'NON-STRICT',
      `it claims success though no final reply came; the file is whole, by luck: ${outcome.says}`,
    );
  return made('FAIL', `it claims success, and the file is not whole: ${outcome.says}`);
}

export function leftOf(seen: TrialSeen): string[] {
  const login = seen.remains.login ? 'A new session can log in.' : `A new session cannot log in: ${seen.remains.says}.`;
  return [...(seen.direction === 'upload' ? leftThere(seen) : leftHere(seen)), login];
}

function leftThere({ remains, fileBytes }: TrialSeen): string[] {
  const { size, isListed, takesRestart, says } = remains;
  if (size === undefined) return [`On the server: nothing under the final name (${says}).`];
  if (size === fileBytes) return [`On the server: the whole file under the final name, ${size} bytes.`];
  const place = isListed
    ? `${size} of ${fileBytes} bytes under the final name, where a reader takes them for the file`
    : `nothing under the final name in a listing; ${size} of ${fileBytes} bytes are kept aside, and SIZE tells them to whoever goes on`;
  const resumable = takesRestart
    ? `Resumable: yes, REST ${size} is taken; STOR behind it goes on.`
    : 'Resumable: the server does not take REST; APPE is left.';
  return [`On the server: ${place}.`, resumable];
}

function leftHere({ local, localName, localIsPrefix, fileBytes, remains, isPatient }: TrialSeen): string[] {
  if (isPatient) return ['Here: nothing is kept; the client of the lab counts bytes only.'];
  const final = local.get(localName);
  const beside = [...local].filter(([name]) => name !== localName).map(([name, size]) => `${size} bytes in ${name}`);
  const bytes = final ?? Math.max(0, ...local.values());
  const asked = remains.takesRestart
    ? `Resumable: yes, the server takes REST ${bytes}.`
    : 'Resumable: no, the server does not take REST.';
  if (final === fileBytes && localIsPrefix) return [`Here: the whole file under the final name, ${final} bytes.`];
  const under =
    final === undefined
      ? 'nothing under the final name'
      : `${final} of ${fileBytes} bytes under the final name, where they may be taken for the file`;
  return [
    `Here: ${[under, ...beside].join('; ')}.`,
    ...(bytes === 0 ? ['Resumable: there is nothing to go on from.'] : [asked]),
  ];
}
