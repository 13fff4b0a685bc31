/** What one line of a file of users says, whatever the format of the file. */

import type { UserRecord } from '../sqlite/user-record.ts';

/** What a file may say of a user beside name and password. */
export type ImportSettings = Partial<Omit<UserRecord, 'name'>>;

export type LineContent =
  | {
      readonly kind: 'user';
      readonly name: string;
      readonly secret: { readonly hash: string } | { readonly password: string } | undefined;
      readonly settings: ImportSettings;
      /** What the line says and we have no place for. */
      readonly notes: readonly string[];
    }
  /** An account that nobody logs in to with a password. */
  | { readonly kind: 'left-out'; readonly name: string; readonly why: string }
  | { readonly kind: 'problem'; readonly message: string };

export interface SourceLine {
  /** From 1. */
  readonly line: number;
  readonly content: LineContent;
}

export const importFormats = ['htpasswd', 'passwd', 'shadow', 'pure-ftpd', 'json', 'csv'] as const;
export type ImportFormat = (typeof importFormats)[number];

export function problemLine(message: string): LineContent {
  return { kind: 'problem', message };
}
