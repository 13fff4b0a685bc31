/** The settings of `twinline serve`: one record each, from which options, help and the keys of the file are made. */

import type { OptionRecord } from '../define-subcommand.ts';
import { acmeFields } from './read/acme.ts';
import { limitFields } from './limit-records.ts';
import { hookFields } from './read/hooks.ts';
import { passiveHostFields } from './read/passive.ts';
import { userFields } from './read/users.ts';
import { userStoreRecords } from './user-store-records.ts';
import { optionsFor, type SettingRecord } from './setting-record.ts';
import { tlsRecords } from './tls-records.ts';

export const settingRecords = [
  {
    name: 'listen',
    reload: 'at-once',
    exampleToml: '["0.0.0.0:21", "[::]:21"]',
    placeholder: 'host:port',
    description: 'Address for explicit FTPS (AUTH TLS)',
    defaultText: '127.0.0.1:2121',
    repeatable: true,
  },
  {
    name: 'listen-implicit',
    reload: 'at-once',
    exampleToml: '["0.0.0.0:990", "[::]:990"]',
    placeholder: 'host:port',
    description: 'Address for implicit FTPS (TLS from the first byte)',
    defaultText: '127.0.0.1:2990 when --listen is not given either',
    repeatable: true,
  },
  {
    name: 'root',
    reload: 'restart',
    exampleToml: '"/srv/files"',
    placeholder: 'dir',
    description: 'Folder that the users see as /',
    defaultText: '"files" in the data folder, with a few files to try',
    isPath: true,
  },
  {
    name: 'user',
    reload: 'at-once',
    exampleToml: '["anna:correct horse battery staple"]',
    placeholder: 'name:password',
    description: 'A user; the password may be a hash, such as $argon2id$… or $6$…',
    defaultText: 'the user "demo" with a generated password',
    repeatable: true,
    isSecret: true,
    table: { form: 'many', fields: userFields },
  },
  {
    name: 'admin',
    reload: 'at-once',
    exampleToml: '["anna"]',
    placeholder: 'name',
    description: "A user of --user, or demo, who sees the server's own numbers in STAT",
    repeatable: true,
  },
  ...userStoreRecords,
  {
    name: 'read-only',
    reload: 'at-once',
    exampleToml: 'false',
    description: 'Refuse uploads and every other change',
  },
  {
    name: 'tls',
    reload: 'new-sessions',
    exampleToml: '"required"',
    placeholder: 'required|optional|off',
    description: 'Whether clients must use TLS',
    defaultText: 'required',
  },
  {
    name: 'cert',
    reload: 'new-sessions',
    exampleToml: '"fullchain.pem"',
    placeholder: 'file',
    repeatable: true,
    description: 'Certificate with its chain, PEM; --key belongs to it; more pairs are for the host names they hold',
    defaultText: 'one made for localhost, kept in the data folder',
    isPath: true,
  },
  {
    name: 'key',
    reload: 'new-sessions',
    exampleToml: '"privkey.pem"',
    placeholder: 'file',
    repeatable: true,
    description: 'Private key of the certificate, PEM without passphrase',
    isPath: true,
  },
  ...tlsRecords,
  {
    name: 'passive-ports',
    reload: 'new-sessions',
    exampleToml: '"50000-50999"',
    placeholder: 'min-max',
    description: 'Ports for passive data connections',
    defaultText: '50000-50099',
  },
  {
    name: 'passive-host',
    reload: 'new-sessions',
    exampleToml: '"198.51.100.7"',
    placeholder: 'address',
    description:
      'What PASV announces, for a server behind NAT: IPv4 address, DNS name or same-as-control; NETWORK=ADDRESS for clients of one network',
    defaultText: 'the address that the client reached',
    repeatable: true,
    table: { form: 'many', fields: passiveHostFields },
  },
  {
    name: 'welcome',
    reload: 'new-sessions',
    exampleToml: '["Files of the Example company", "Questions: files@example.org"]',
    placeholder: 'text',
    description: 'A line of the greeting',
    repeatable: true,
  },
  {
    name: 'durability',
    reload: 'restart',
    exampleToml: '"fsync"',
    placeholder: 'fsync|rename',
    description: 'What 226 promises after an upload: on disk through power loss, or whole under its name',
    defaultText: 'fsync',
  },
  {
    name: 'on-control-loss',
    reload: 'new-sessions',
    exampleToml: '"abort"',
    placeholder: 'policy',
    description: 'What becomes of a transfer whose control connection is lost: abort, finish or grace:SECONDS',
    defaultText: 'abort',
  },
  {
    name: 'missing-close-notify',
    reload: 'new-sessions',
    exampleToml: '"refuse"',
    placeholder: 'refuse|tolerate',
    description: 'What an upload under TLS counts as that ends without close_notify: interrupted, or taken as it is',
    defaultText: 'refuse',
  },
  {
    name: 'keepalive-replies',
    reload: 'new-sessions',
    exampleToml: '"immediate"',
    placeholder: 'immediate|after-transfer',
    description: 'When NOOP and STAT are answered that come during a transfer: at once, or behind its last reply',
    defaultText: 'immediate',
  },
  {
    name: 'part-max-age',
    reload: 'at-once',
    exampleToml: '"7 days"',
    placeholder: 'days',
    description: 'Age at which an interrupted upload that nobody came back for is removed',
    defaultText: '7 days',
  },
  {
    name: 'data-dir',
    reload: 'restart',
    exampleToml: '"/var/lib/twinline"',
    placeholder: 'dir',
    description: 'Folder for what the server makes itself: certificate, demo user, files',
    defaultText: './twinline-data',
    isPath: true,
  },
  {
    name: 'exempt',
    reload: 'new-sessions',
    exampleToml: '["127.0.0.0/8", "::1"]',
    placeholder: 'network',
    description: 'Address or network that is never banned by the server and has no limits of one address',
    defaultText: '127.0.0.0/8 and ::1',
    repeatable: true,
  },
  {
    name: 'proxy-protocol-from',
    reload: 'new-sessions',
    exampleToml: '["192.0.2.10"]',
    placeholder: 'network',
    description: 'Proxies whose connections, control and data, begin with a PROXY protocol header (v1 or v2)',
    repeatable: true,
  },
  {
    name: 'log-format',
    reload: 'restart',
    exampleToml: '"json"',
    placeholder: 'pretty|filezilla|json',
    description: 'How the log on standard output is written',
    defaultText: 'pretty',
  },
  {
    name: 'log-file',
    reload: 'restart',
    exampleToml: '"/var/log/twinline/server.log"',
    placeholder: 'file',
    description: 'Write the log to this file in place of standard output; SIGUSR1 opens it anew',
    isPath: true,
  },
  {
    name: 'xferlog',
    reload: 'restart',
    exampleToml: '"/var/log/twinline/xferlog"',
    placeholder: 'file',
    description: 'Also write each transfer in the xferlog format of wu-ftpd; SIGUSR1 opens it anew',
    isPath: true,
  },
  {
    name: 'audit-file',
    reload: 'restart',
    exampleToml: '"/var/log/twinline/audit.jsonl"',
    placeholder: 'file',
    description: 'Append audit records to this file, one JSON object a line; SIGUSR1 opens it anew',
    isPath: true,
  },
  {
    name: 'audit-db',
    reload: 'restart',
    exampleToml: '"/var/lib/twinline/audit.db"',
    placeholder: 'file',
    description: 'Write audit records into this SQLite database',
    isPath: true,
  },
  {
    name: 'audit-http',
    reload: 'restart',
    exampleToml: '"https://audit.example.com/twinline"',
    placeholder: 'url',
    description: 'Send audit records to this address, in batches by POST',
  },
  {
    name: 'audit-http-token',
    reload: 'restart',
    exampleToml: '"audit-token"',
    placeholder: 'file',
    description: 'File with the token for --audit-http, sent as Authorization: Bearer',
    isPath: true,
  },
  {
    name: 'hook',
    reload: 'restart',
    exampleToml: '["upload.complete=/usr/local/bin/on-upload"]',
    placeholder: 'event=program',
    description: 'Run a program, or POST to a URL, when something happens; [[hook]] in the file says more',
    repeatable: true,
    table: { form: 'many', fields: hookFields, isOptional: true },
  },
  {
    name: 'admin-api',
    reload: 'restart',
    description: 'On the admin port of --metrics: list and end sessions, for twinline sessions on this machine',
  },
  {
    name: 'metrics',
    reload: 'restart',
    exampleToml: '"127.0.0.1:9921"',
    placeholder: 'host:port',
    description: 'Admin port over HTTP: /metrics for Prometheus, /healthz and /readyz; best on 127.0.0.1',
    defaultText: 'none',
  },
  {
    name: 'run-as',
    reload: 'restart',
    placeholder: 'user[:group]',
    exampleToml: '"twinline"',
    description: 'Go on as this user once the ports are open, when started as root',
  },
  {
    name: 'watch-config',
    reload: 'restart',
    exampleToml: 'true',
    description: 'Read the configuration file again whenever it changes, as SIGHUP does',
  },
  {
    name: 'drain-timeout',
    reload: 'at-once',
    exampleToml: '"30 s"',
    placeholder: 'seconds',
    description: 'How long running transfers may go on after SIGTERM or Ctrl-C',
    defaultText: '30 s',
  },
  {
    name: 'acme',
    reload: 'restart',
    placeholder: 'name=value',
    description: 'Order the certificate, for example names=ftp.example.org and agree-terms=true; see the how-to',
    defaultText: 'none',
    repeatable: true,
    table: { form: 'one', fields: acmeFields, isOptional: true },
  },
  {
    name: 'limits',
    option: 'limit',
    reload: 'new-sessions',
    placeholder: 'name=value',
    description: 'A limit, for example idle="20 min"; twinline config example lists them',
    repeatable: true,
    table: { form: 'one', fields: limitFields },
  },
] as const satisfies readonly SettingRecord[];

export type SettingName = (typeof settingRecords)[number]['name'];

/** The settings that the configuration file may hold. */
export function fileRecords(): readonly SettingRecord[] {
  const records: readonly SettingRecord[] = settingRecords;
  return records.filter(({ optionOnly }) => optionOnly !== true);
}

/** The settings as options, with the one that names the file in front. */
export function settingOptions(): readonly OptionRecord[] {
  return optionsFor(settingRecords);
}
