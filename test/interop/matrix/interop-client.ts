/** What every client of the matrix can be told to do, and how it says what it cannot. */

export const modes = ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'] as const;
/** How the control line is protected; `implicit` is TLS from the first byte, in the version that both ends like best. */
export type Mode = (typeof modes)[number];

export const columns = [
  'list',
  'up',
  'down',
  'rename',
  'resume up',
  'resume down',
  'odd names',
  'active',
  '77 MB',
] as const;
/** What is tried in each mode. */
export type Column = (typeof columns)[number];

/** One thing to do in a session; `from` is the offset at which a broken transfer goes on. Local paths are plain ASCII. */
export type Step =
  | { readonly do: 'put'; readonly local: string; readonly remote: string; readonly from?: number }
  | { readonly do: 'get'; readonly remote: string; readonly local: string; readonly from?: number }
  | { readonly do: 'rename'; readonly remote: string; readonly to: string }
  | { readonly do: 'list' };

/** Where and how a client connects, as `user` with the password `pass`. */
export interface Visit {
  readonly mode: Mode;
  readonly data: 'passive' | 'active';
  readonly port: number;
  /** The certificate to trust, a PEM file; it is good for 127.0.0.1. */
  readonly caFile: string;
  /** A folder of this visit for whatever the client wants to keep. */
  readonly folder: string;
  /** TLS sessions are not resumed on data lines, where the client lets one choose. */
  readonly withoutReuse?: boolean;
}

export interface InteropClient {
  readonly name: string;
  /** What one installs to have it. */
  readonly from: string;
  /** The version, or undefined where the client is not there. */
  version(): string | undefined;
  readonly modes: readonly Mode[];
  /** What the client itself cannot do, with the reason. */
  cannot(column: Column, mode: Mode): string | undefined;
  /** Odd names that the client itself cannot say, with the reason; they are the keys of `oddNames`. */
  readonly cannotSay: Readonly<Partial<Record<OddName, string>>>;
  /** Makes ready what all visits share; returns what undoes it. */
  prepare?(): Promise<() => Promise<void>>;
  /** Does all steps in their order, in one session if it can, and returns the names that `list` has shown. Rejects when one fails. */
  run(visit: Visit, steps: readonly Step[]): Promise<string[]>;
}

/** Names that have broken FTP clients and servers. */
export const oddNames = {
  spaces: 'two  spaces and one.txt',
  quotes: `"double" and 'single'.txt`,
  'UTF-8': 'Übung 漢字 😀.txt',
  'leading dash': '-rf.txt',
  percent: '100%41 %.txt',
  brackets: '[a-z]{b}(c).txt',
  'trailing space': 'ends with a space ',
} as const;
export type OddName = keyof typeof oddNames;
