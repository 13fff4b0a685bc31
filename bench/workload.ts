/** The contract of a workload: what is prepared once, what is measured in each round, and what the bound is. */

import type { TestCertificate } from '../src/testing/index.ts';
import type { Peer, PeerKind } from '../test/fixtures/peers/index.ts';

/** A server to measure: the contract of the peers, ours included. */
export type SubjectKind = PeerKind;
export type Subject = Peer;

export interface Column {
  readonly name: string;
  readonly unit: string;
  /** Which end of the scale is the good one. */
  readonly better: 'more' | 'less';
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
}

/** One number for each column; a column that cannot be measured is left out. */
export type Measures = Readonly<Record<string, number>>;

export interface Workload {
  readonly name: string;
  /** One sentence for the report. */
  readonly about: string;
  /** What the row of the ceiling is. */
  readonly ceilingAbout: string;
  readonly columns: readonly Column[];
  /** Puts files into `context.root`. */
  prepare(context: BenchContext): Promise<void>;
  /** One round against one subject. Rejects when the result is wrong (bytes missing, exit code). */
  measure(subject: Subject, context: BenchContext): Promise<Measures>;
  /** One round with no FTP in it: what the machine and the load generators can do at most. */
  ceiling(context: BenchContext): Promise<Measures>;
  /** Removes what `prepare` has put down. */
  cleanUp(context: BenchContext): Promise<void>;
}
