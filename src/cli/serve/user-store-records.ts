/** The settings that say who may log in beside the users of the configuration: database, hooks, anonymous users. */

import type { FieldRecord, SettingRecord } from './setting-record.ts';

const callFields: readonly FieldRecord[] = [
  { name: 'timeout', placeholder: 'time', description: 'For one answer', defaultText: '5 s' },
];

const httpFields: readonly FieldRecord[] = [
  {
    name: 'url',
    placeholder: 'url',
    description: 'Each login is a POST there',
    exampleToml: '"https://auth.example.org/ftp"',
    isSecret: true,
  },
  {
    name: 'secret-file',
    placeholder: 'file',
    description: 'A file whose first line is sent as "Authorization: Bearer …"',
    exampleToml: '"hook-secret"',
    isPath: true,
  },
  {
    name: 'secret-env',
    placeholder: 'variable',
    description: 'The same from an environment variable',
    exampleToml: '"HOOK_SECRET"',
  },
  {
    name: 'header',
    placeholder: 'name:value',
    description: 'A header of each question',
    repeatable: true,
    exampleToml: '["X-Realm: ftp"]',
    isSecret: true,
  },
  {
    name: 'ca',
    placeholder: 'file',
    description: "Certificates that are trusted in place of the system's, PEM",
    exampleToml: '"hook-ca.pem"',
    isPath: true,
  },
  ...callFields,
  { name: 'max-calls', placeholder: 'number', description: 'Questions at once', defaultText: '16' },
];

const programFields: readonly FieldRecord[] = [
  {
    name: 'command',
    placeholder: 'word',
    description: 'The program by its absolute path, and its arguments, one by one',
    repeatable: true,
    exampleToml: '["/usr/local/bin/ftp-login", "--realm", "ftp"]',
  },
  ...callFields,
  { name: 'max-calls', placeholder: 'number', description: 'Programs at once', defaultText: '8' },
];

export const userStoreRecords = [
  {
    name: 'users-db',
    group: 'users',
    reload: 'at-once',
    exampleToml: '"/var/lib/twinline/users.db"',
    placeholder: 'file',
    description: 'Database of users, looked after by twinline user',
    isPath: true,
  },
  {
    name: 'users-http',
    group: 'users',
    reload: 'at-once',
    placeholder: 'field=value',
    description: 'An HTTP server that is asked for users who are not known otherwise, for example url=https://…',
    repeatable: true,
    table: { form: 'one', fields: httpFields, isOptional: true },
  },
  {
    name: 'users-program',
    group: 'users',
    reload: 'at-once',
    placeholder: 'field=value',
    description:
      'A program that is asked for users who are not known otherwise, for example command=/usr/local/bin/login',
    repeatable: true,
    table: { form: 'one', fields: programFields, isOptional: true },
  },
  {
    name: 'anonymous',
    group: 'users',
    reload: 'at-once',
    exampleToml: 'true',
    description: 'Let the users anonymous and ftp in with any password, to read',
  },
  {
    name: 'anonymous-home',
    group: 'users',
    onlyWith: 'anonymous',
    reload: 'at-once',
    exampleToml: '"/pub"',
    placeholder: 'path',
    description: 'Folder of the root that anonymous users see as /',
    defaultText: '/',
  },
  {
    name: 'anonymous-upload',
    group: 'users',
    onlyWith: 'anonymous',
    reload: 'at-once',
    exampleToml: '"/incoming"',
    placeholder: 'path',
    description: 'Folder, as they see it, where anonymous users may put new files, which they cannot read',
  },
] as const satisfies readonly SettingRecord[];
