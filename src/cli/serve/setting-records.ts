/** The settings of `twinline serve`: one record each, from which options, help and the keys of the file are made. */

import { resolve } from 'node:path';
import type { OptionRecord } from '../define-subcommand.ts';

/** One setting. Its name is the long option and the key in the configuration file. */
export interface SettingRecord {
  readonly name: string;
  /** What stands for the value in the help; a setting without one is a switch. */
  readonly placeholder?: string;
  readonly description: string;
  readonly defaultText?: string;
  /** Several values: the option is repeatable, the key takes an array. */
  readonly repeatable?: boolean;
  /** A file or folder: relative to the working directory on the command line, to the file's folder in the file. */
  readonly isPath?: boolean;
}

export const settingRecords = [
  {
    name: 'listen',
    placeholder: 'host:port',
    description: 'Address for explicit FTPS (AUTH TLS)',
    defaultText: '127.0.0.1:2121',
    repeatable: true,
  },
  {
    name: 'listen-implicit',
    placeholder: 'host:port',
    description: 'Address for implicit FTPS (TLS from the first byte)',
    defaultText: '127.0.0.1:2990 when --listen is not given either',
    repeatable: true,
  },
  {
    name: 'root',
    placeholder: 'dir',
    description: 'Folder that the users see as /',
    defaultText: '"files" in the data folder, with a few files to try',
    isPath: true,
  },
  {
    name: 'user',
    placeholder: 'name:password',
    description: 'A user; the password may be an Argon2id hash, $argon2id$…',
    defaultText: 'the user "demo" with a generated password',
    repeatable: true,
  },
  {
    name: 'admin',
    placeholder: 'name',
    description: "A user of --user, or demo, who sees the server's own numbers in STAT",
    repeatable: true,
  },
  {
    name: 'users-db',
    placeholder: 'file',
    description: 'Database of users, looked after by twinline user; in place of --user',
    isPath: true,
  },
  {
    name: 'read-only',
    description: 'Refuse uploads and every other change',
  },
  {
    name: 'tls',
    placeholder: 'required|optional|off',
    description: 'Whether clients must use TLS',
    defaultText: 'required',
  },
  {
    name: 'cert',
    placeholder: 'file',
    description: 'Certificate with its chain, PEM; --key belongs to it',
    defaultText: 'one made for localhost, kept in the data folder',
    isPath: true,
  },
  {
    name: 'key',
    placeholder: 'file',
    description: 'Private key of the certificate, PEM without passphrase',
    isPath: true,
  },
  {
    name: 'passive-ports',
    placeholder: 'min-max',
    description: 'Ports for passive data connections',
    defaultText: '50000-50099',
  },
  {
    name: 'passive-host',
    placeholder: 'address',
    description: 'IPv4 address that PASV announces, for a server behind NAT',
    defaultText: 'the address that the client reached',
  },
  {
    name: 'welcome',
    placeholder: 'text',
    description: 'A line of the greeting',
    repeatable: true,
  },
  {
    name: 'durability',
    placeholder: 'fsync|rename',
    description: 'What 226 promises after an upload: on disk through power loss, or whole under its name',
    defaultText: 'fsync',
  },
  {
    name: 'on-control-loss',
    placeholder: 'policy',
    description: 'What becomes of a transfer whose control connection is lost: abort, finish or grace:SECONDS',
    defaultText: 'abort',
  },
  {
    name: 'missing-close-notify',
    placeholder: 'refuse|tolerate',
    description: 'What an upload under TLS counts as that ends without close_notify: interrupted, or taken as it is',
    defaultText: 'refuse',
  },
  {
    name: 'part-max-age',
    placeholder: 'days',
    description: 'Age at which an interrupted upload that nobody came back for is removed',
    defaultText: '7',
  },
  {
    name: 'data-dir',
    placeholder: 'dir',
    description: 'Folder for what the server makes itself: certificate, demo user, files',
    defaultText: './twinline-data',
    isPath: true,
  },
  {
    name: 'log-format',
    placeholder: 'pretty|filezilla|json',
    description: 'How the log on standard output is written',
    defaultText: 'pretty',
  },
  {
    name: 'drain-timeout',
    placeholder: 'seconds',
    description: 'How long running transfers may go on after SIGTERM or Ctrl-C',
    defaultText: '30',
  },
] as const satisfies readonly SettingRecord[];

export type SettingName = (typeof settingRecords)[number]['name'];

/** The settings as options, with the one that names the file in front. */
export function settingOptions(): readonly OptionRecord[] {
  const records: readonly SettingRecord[] = settingRecords;
  return [
    { flags: '-c, --config <file>', description: 'TOML file with the same names as keys; options given here win' },
    ...records.map(({ name, placeholder, description, defaultText, repeatable }) => ({
      flags: placeholder === undefined ? `--${name}` : `--${name} <${placeholder}>`,
      description,
      ...(defaultText === undefined ? {} : { defaultText }),
      ...(repeatable === undefined ? {} : { repeatable }),
    })),
  ];
}

/** A path that was given, made absolute; an empty one stays empty, so that it is seen as such. */
export function resolveGiven(folder: string, path: string): string {
  return path === '' ? '' : resolve(folder, path);
}
