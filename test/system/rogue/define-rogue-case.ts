/** The record of one rogue case: what the server does, which command meets it, and what must come of it. */

import type { Script, ScriptedServer, ScriptedServerOptions, TestCertificate } from '../../../src/testing/index.ts';

/** The sections of the client's contract that the cases are sorted by. */
export const sections = {
  1: 'Connecting, and no way back to clear',
  2: 'Replies',
  3: 'What arrived, and the truth about it',
  4: 'The control line is watched',
  5: 'Commands',
  6: 'Hostile contents',
  7: 'Listings',
} as const;

export type Section = keyof typeof sections;

/** How client and server speak. Behind `rsa` and in front of it the certificates differ; without it they are ECDSA. */
export const rogueModes = {
  plain: { scheme: 'ftp' },
  'tls1.2': { scheme: 'ftpes', version: 'TLSv1.2' },
  'tls1.3': { scheme: 'ftpes', version: 'TLSv1.3' },
  'tls1.2-rsa': { scheme: 'ftpes', version: 'TLSv1.2', algorithm: 'rsa' },
  'tls1.3-rsa': { scheme: 'ftpes', version: 'TLSv1.3', algorithm: 'rsa' },
  implicit: { scheme: 'ftps', version: 'TLSv1.3' },
} as const;

export type RogueMode = keyof typeof rogueModes;

export const tls12: readonly RogueMode[] = ['tls1.2'];
export const tls13: readonly RogueMode[] = ['tls1.3'];
export const explicitTls: readonly RogueMode[] = ['tls1.2', 'tls1.3'];
export const anyTls: readonly RogueMode[] = ['tls1.2', 'tls1.3', 'implicit'];
/** Where the ending of a line is told by bytes, the kinds of certificates count too. */
export const everyTls: readonly RogueMode[] = ['tls1.2', 'tls1.3', 'tls1.2-rsa', 'tls1.3-rsa', 'implicit'];
export const everyLine: readonly RogueMode[] = ['plain', 'tls1.2', 'tls1.3'];
export const plainOnly: readonly RogueMode[] = ['plain'];

/** Where a case is played. */
export interface RogueStage {
  readonly mode: RogueMode;
  readonly certificate: TestCertificate;
  /** Signed by nobody whom the client trusts, for the same names. */
  readonly otherCertificate: TestCertificate;
}

/** The server of one run: what differs from a decent one. */
export interface RogueServer extends Omit<ScriptedServerOptions, 'certificate' | 'host'> {
  readonly commands?: Readonly<Record<string, Script>>;
  /** What the client trusts in place of the server's certificate, PEM. */
  readonly trustedPem?: string;
}

/** Words behind `twinline`; URL, login, trust and short timers are added by the runner. */
export interface RogueCommand {
  readonly name: string;
  /** Path of the URL. */
  readonly path: string;
  /** Before the URL, for example the local file of `put`; `@/` is the folder of the run, here and in the options. */
  readonly before?: readonly string[];
  /** Behind the URL, for example the local folder of `mirror`. */
  readonly behind?: readonly string[];
  /** Behind everything; what stands here replaces what the runner would add. */
  readonly options?: readonly string[];
  /** Local files that exist before, by name. */
  readonly local?: Readonly<Record<string, Uint8Array>>;
}

/** What stands in a file afterwards: these bytes, a beginning of this content, or a beginning of this content again and again. */
export type ExpectedFile =
  | Uint8Array
  | { readonly beginningOf: Uint8Array; readonly least?: number; readonly most?: number }
  | { readonly repeating: Uint8Array; readonly least: number };

export interface RogueExpectation {
  readonly exitCode: number;
  /** What standard error must say. */
  readonly message?: RegExp;
  readonly neverSays?: RegExp;
  readonly stdout?: RegExp | Uint8Array;
  /** Every file in the folder of the run besides those that were there before: no other may be there. */
  readonly files?: Readonly<Record<string, ExpectedFile>>;
  /** What the server has got, by name. */
  readonly uploads?: Readonly<Record<string, ExpectedFile>>;
  /** Every command line of all sessions, joined by line feeds. */
  readonly sent?: RegExp;
  readonly neverSent?: RegExp;
  /** Sessions that the client opened. */
  readonly sessions?: number;
  /** By its own timers, milliseconds. Default {@link defaultWithinMs}, or {@link ownProcessWithinMs} where a process has to start. */
  readonly withinMs?: number;
  /** Set: the command runs as a process of its own, whose peak of memory is held against this, in MiB. */
  readonly maxRssMiB?: number;
}

export interface RogueCase {
  /** Never moves: `subject/behaviour`. */
  readonly id: string;
  readonly section: Section;
  /** What the server does, behind "The server". */
  readonly server: string;
  /** What the client does, behind "The client". */
  readonly client: string;
  readonly modes: readonly RogueMode[];
  /** Made anew for every run, so that a script may count. */
  readonly script: (stage: RogueStage) => RogueServer | Promise<RogueServer>;
  readonly command: RogueCommand;
  readonly expect: RogueExpectation | ((mode: RogueMode) => RogueExpectation);
  /** A decent server would bring the same end: the case is about the client getting there all the same. */
  readonly endsAsUsual?: boolean;
  /** Looks at what the fields cannot say; throws. */
  readonly also?: (server: ScriptedServer) => void | Promise<void>;
  /** Why the client does not pass yet. */
  readonly todo?: string;
}

/** A bound against hanging on a busy machine, and no measure of speed: the timers of the cases are of one second. */
export const defaultWithinMs = 30_000;

export const ownProcessWithinMs = 45_000;

/** Memory of the whole test process, the server included, that no case may exceed; MiB. */
export const defaultMaxRssMiB = 768;

export function defineRogueCase(record: RogueCase): RogueCase {
  return record;
}

export function expectationOf({ expect }: RogueCase, mode: RogueMode): RogueExpectation {
  return typeof expect === 'function' ? expect(mode) : expect;
}
