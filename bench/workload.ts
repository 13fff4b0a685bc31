/** The contract of a workload: what is prepared once, what is measured in each round, and what the bound is. */

import type { TestCertificate } from '../src/testing/index.ts';
import type { Peer, PeerKind, PeerOptions } from '../test/fixtures/peers/index.ts';

/** A server to measure: the contract of the peers, ours included. */
export type SubjectKind = PeerKind;
export type Subject = Peer;

/** What ours has to reach in a column. */
export interface Target {
  /** So many times as good as the best peer in the same column. */
  readonly timesBestPeer?: number;
  /** At least this where more is better, at most where less is. */
  readonly value?: number;
}

/** A column without a figure in any row is left out of the report, so that `measure` may skip it with --quick. */
export interface Column {
  readonly name: string;
  readonly unit: string;
  /** Which end of the scale is the good one. */
  readonly better: 'more' | 'less';
  /** What is measured is not the server of the row but what talks to it, so that rows are no rivals. */
  readonly isOfClient?: boolean;
  readonly target?: Target;
}

/** What all workloads of one run share. */
export interface BenchContext {
  /** Fewer bytes and files, for a run of minutes. */
  readonly quick: boolean;
  /** The folder that every subject serves; in memory where the machine has room. */
  readonly root: string;
  readonly certificate: TestCertificate;
  /** Says something to whoever watches the run. */
  readonly say: (text: string) => void;
  /** Tells what else has been started: a run that ends early stops it, and must not leave programs behind. */
  readonly alsoStop: (stop: () => Promise<void>) => void;
  /** Another server of the same kind, same root and certificate, for workloads that need one without a past; the caller stops it. */
  readonly startAnew: (subject: Subject, options?: PeerOptions) => Promise<Subject>;
}

/** One number for each column; a column that cannot be measured is left out. */
export type Measures = Readonly<Record<string, number>>;

export interface Workload {
  readonly name: string;
  /** One sentence for the report. */
  readonly about: string;
  /** What the row of the ceiling is: what bounds every server, the load generators included. */
  readonly ceilingAbout: string;
  /** The first is the one that the chart shows. */
  readonly columns: readonly Column[];
  /** Subjects that it makes sense for; absent: all. */
  readonly subjects?: readonly string[];
  /** Subjects with --quick when none are named; absent: ours and the two that tell most; empty: it is left out. */
  readonly quickSubjects?: readonly string[];
  /** At most so many rounds, for what takes minutes each. */
  readonly maxRounds?: number;
  /** Puts files into `context.root`. */
  prepare(context: BenchContext): Promise<void>;
  /** One round against one subject. Rejects when the result is wrong (bytes missing, exit code). */
  measure(subject: Subject, context: BenchContext): Promise<Measures>;
  /** One round with no FTP in it: what the machine and the load generators can do at most. Absent where nothing is the like. */
  readonly ceiling?: (context: BenchContext) => Promise<Measures>;
  /** Removes what `prepare` has put down. */
  cleanUp(context: BenchContext): Promise<void>;
}
