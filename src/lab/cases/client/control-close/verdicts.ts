/** What a client is to do in a cell, and which outcome a run of it was. */

import type { ClientRun } from '../../../client-lab/client-lab.ts';
import type { OutcomeRecord } from '../../../engine/lab-case.ts';
import type { Cell } from '../../control-close/cells.ts';
import type { Happened } from './rogue-transfer.ts';

export interface ClientExpectation {
  readonly requirement: string;
  readonly clause: string;
  readonly advice: string;
}

export function expectationOf({ kind, phase, channel }: Cell): ClientExpectation {
  if (kind === 'hole') {
    return {
      requirement: 'A silent line is waited for within bounds, and what came is not taken for the whole.',
      clause: channel === 'control' ? 'RFC 1123 section 4.1.3.2' : 'RFC 959 section 3.2 (5)',
      advice: 'Watch progress on both lines by timers; behind the last byte wait a bounded time for 226, then verify.',
    };
  }
  if (phase === 3) {
    return {
      requirement: 'A transfer that was confirmed by 226 is a success, whatever is lost behind it.',
      clause: 'RFC 959 section 5.4',
      advice: 'Take 226 with an ended data line for the end of the transfer, and reconnect for the next command.',
    };
  }
  if (phase === 2) {
    return {
      requirement: 'A transfer whose last byte has come and whose 226 is lost is verified, and not begun again.',
      clause: 'RFC 959 section 5.4',
      advice: 'Ask SIZE, MLST or HASH in a new session, and report the transfer as complete and unconfirmed.',
    };
  }
  return {
    requirement:
      'A part is never reported as success: the client gives up and names the line, or resumes in a new session.',
    clause: channel === 'control' ? 'RFC 959 section 3.2 (4)' : 'RFC 959 section 3.2 (5)',
    advice:
      'Watch the control line while data move, stop within a second, say which line was lost, and resume with REST.',
  };
}

const part: OutcomeRecord = { grade: 'fail', says: 'the client reports success for a part' };
const crashed: OutcomeRecord = { grade: 'fail', says: 'the client is ended by a signal of its own' };
const reported: OutcomeRecord = { grade: 'pass', says: 'the client reports a failure and names the line' };

export function outcomesOf({ kind, phase, channel, direction }: Cell): Readonly<Record<string, OutcomeRecord>> {
  const always = {
    'accepted-part': part,
    crashed,
    reported,
    unnamed: { grade: 'info', says: 'the client reports a failure and does not say which line was lost' } as const,
    hung: {
      grade: kind === 'hole' ? 'info' : 'fail',
      says:
        kind === 'hole'
          ? 'the client still waits; how long is not seen'
          : 'the client hangs although the line has ended',
    } as const,
    recovered: { grade: 'pass', says: 'the client begins a new session and brings the whole' } as const,
    whole: { grade: 'pass', says: 'the client reports success for the whole' } as const,
    verified: { grade: 'pass', says: 'the client verifies the whole and does not transfer it again' } as const,
  };
  if (phase === 2 && channel === 'control' && kind !== 'hole') {
    return {
      ...always,
      reported: { grade: 'info', says: 'the client reports a failure for a transfer of which only 226 was lost' },
      unnamed: { grade: 'info', says: 'the client reports a failure for a transfer of which only 226 was lost' },
      recovered:
        direction === 'listing' ? always.recovered : { grade: 'info', says: 'the client transfers everything again' },
      whole: {
        grade: direction === 'listing' ? 'info' : 'broken',
        says: 'the client reports success without 226 and without a look',
      },
    };
  }
  if (phase === 3) {
    // A data line that is cut behind 226 may be a cut transfer: whoever reports that is right.
    if (channel === 'data' && (kind === 'rst' || kind === 'trunc')) return always;
    const says = 'the client reports a failure although 226 was sent';
    // A reset may take away what the client's kernel had not handed over yet.
    const grade = kind === 'rst' || kind === 'hole' ? 'info' : 'broken';
    return { ...always, reported: { grade, says }, unnamed: { grade, says } };
  }
  if (phase <= 1 && channel === 'control' && kind !== 'hole') {
    return {
      ...always,
      'went-on': { grade: 'broken', says: 'the client goes on with the data connection for more than 1.5 s' },
      whole: { grade: 'broken', says: 'the client reports success without 226 and without a look' },
    };
  }
  return always;
}

const words = {
  control: /control|response|repl|421|going down|command/i,
  data: /data|transfer|42[56]|bytes|partial|lost/i,
} as const;

/** A part of an upload that is read back is a look, and not another transfer. */
const movers = { download: /^RETR\b/i, upload: /^(?:STOR|APPE)\b/i, listing: /^(?:LIST|MLSD|NLST)\b/i } as const;

export function outcomeOf(cell: Cell, run: ClientRun, happened: Happened): string {
  if (run.hung) return 'hung';
  if (run.crashed) return 'crashed';
  const transfers = run.commands.filter((line) => movers[cell.direction].test(line)).length;
  const stored = [...run.server.uploads.values()].some((bytes) => bytes.equals(run.content));
  const isWhole =
    cell.direction === 'download'
      ? run.local === 'whole'
      : cell.direction === 'upload'
        ? stored
        : run.stdout.includes(transfers > 1 ? 'file.bin' : 'entry-1999');
  if (run.claimsSuccess && !isWhole) return 'accepted-part';
  if (!run.claimsSuccess) {
    if (happened.wentOn) return 'went-on';
    return words[cell.channel].test(run.stderr) ? 'reported' : 'unnamed';
  }
  if (transfers > 1) return happened.wentOn ? 'went-on' : 'recovered';
  const looks = run.commands.some((line) => /^(?:SIZE|MLST|HASH|XSHA|XMD5|XCRC)/i.test(line));
  return cell.phase < 3 && looks ? 'verified' : 'whole';
}
