/** A case is one record: what is required, which outcomes there can be and how each is graded, and how it is found out. */

import type { ClientLab } from '../client-lab/client-lab.ts';
import type { ServerLab } from '../server-lab/server-lab.ts';
import type { Grade, Level } from './verdict.ts';

/** What a letter in the report is given for. */
export const areas = ['control', 'tls', 'data', 'addressing', 'failure', 'features', 'security'] as const;
export type Area = (typeof areas)[number];

export interface OutcomeRecord {
  readonly grade: Grade;
  /** What was seen then, as a sentence about the other side. */
  readonly says: string;
}

/** How a line ended in a fault case, and how long after the fault. */
export interface LineReport {
  readonly line: string;
  /** `open`: it was still open when the case stopped looking. */
  readonly ending: 'close-notify' | 'fin' | 'reset' | 'open' | 'here';
  readonly afterFaultMs?: number;
  readonly bytesAfterFault?: number;
  /** Whether that is how such a line is to be closed. */
  readonly isClean: boolean;
}

/** What is left when all is over. */
export interface ProbeReport {
  readonly probe: string;
  readonly ok: boolean;
  readonly says: string;
}

/** What a case has seen. `outcome` is a key of its outcomes. */
export interface Seen<Outcome extends string = string> {
  readonly outcome: Outcome;
  /** The facts: codes, byte counts, times. */
  readonly facts?: string;
  readonly lines?: readonly LineReport[];
  readonly probes?: readonly ProbeReport[];
}

interface CaseRecord<Outcome extends string> {
  /** Stable: `rfc959/4.1.3/abort-in-download`. Clause first, then a name. */
  readonly id: string;
  /** The row of the catalogue, `L02`. */
  readonly row: string;
  readonly area: Area;
  readonly level: Level;
  /** `RFC 959 section 4.1.3`, or `engineering`. */
  readonly clause: string;
  /** One sentence. */
  readonly requirement: string;
  readonly outcomes: Readonly<Record<Outcome, OutcomeRecord>>;
  /** What to change in the program under test where it is not as required. */
  readonly advice: string;
  /** It floods, fills, bans or leaves something behind: only with `--intrusive`. */
  readonly intrusive?: boolean;
  /** Part of the minimal set. */
  readonly smoke?: boolean;
  /** Longest run in milliseconds; default 20,000. */
  readonly deadlineMs?: number;
  /** Not beside other cases: it counts sessions or ports, or measures time. */
  readonly alone?: boolean;
  /** It mostly waits: it runs beside the others and takes none of their places. */
  readonly waits?: boolean;
}

/** What a server must be asked over for a case to make sense. */
export type ServerNeed = 'tls' | 'explicit-tls' | 'ipv4' | 'ipv6' | 'write' | 'second-address';

export interface ServerCase<Outcome extends string = string> extends CaseRecord<Outcome> {
  readonly side: 'server';
  readonly needs: readonly ServerNeed[];
  run(lab: ServerLab): Promise<Outcome | Seen<Outcome>>;
}

/**
 * What the client under test is started for. `active`: a download over a data connection that the server opens; `resume`: the
 * download that goes on with a part; `tree`: the download of a folder into `{local}`; `keepalive`: a download whose client sends
 * NOOP while data move.
 */
export const tasks = ['download', 'upload', 'list', 'active', 'resume', 'tree', 'keepalive'] as const;
export type Task = (typeof tasks)[number];

export interface ClientCase<Outcome extends string = string> extends CaseRecord<Outcome> {
  readonly side: 'client';
  readonly task: Task;
  run(lab: ClientLab): Promise<Outcome | Seen<Outcome>>;
}

export type LabCase = ServerCase | ClientCase;

/** A case that judges a server; the lab is its client. */
export function defineServerCase<Outcome extends string>(
  record: Omit<ServerCase<Outcome>, 'side' | 'needs'> & { readonly needs?: readonly ServerNeed[] },
): ServerCase {
  return { needs: [], ...record, side: 'server' } satisfies ServerCase<Outcome>;
}

/** A case that judges a client; the lab is its server. */
export function defineClientCase<Outcome extends string>(record: Omit<ClientCase<Outcome>, 'side'>): ClientCase {
  return { ...record, side: 'client' } satisfies ClientCase<Outcome>;
}
