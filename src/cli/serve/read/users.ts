/** Reads the users that the settings name themselves, and those among them who are administrators. */

import { ConfigError } from '../../../errors/index.ts';
import { hasControlCharacters } from '../../../protocol/index.ts';
import {
  createMemoryUserStore,
  looksLikePasswordHash,
  type MemoryUser,
  parsePasswordHash,
  Secret,
} from '../../../users/index.ts';
import { accountFields, readAccountFields } from '../../user/account-fields.ts';
import { demoUserName } from '../data-folder.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { GivenValues } from '../given-values.ts';
import { Problems } from '../../problems.ts';
import type { FieldRecord } from '../setting-record.ts';
import { pathOf } from './paths.ts';
import { missingCloseNotifyIfGiven, onControlLossIfGiven } from './policies.ts';

/** The keys of `[[user]]`. */
export const userFields: readonly FieldRecord[] = [
  { name: 'name', placeholder: 'name', description: 'The name to log in with', exampleToml: '"anna"' },
  {
    name: 'password',
    placeholder: 'password',
    description: 'The password, or a hash of it, such as $argon2id$… or $6$…',
    exampleToml: '"correct horse battery staple"',
    isSecret: true,
  },
  {
    name: 'home',
    placeholder: 'path',
    description: 'Folder of the root that the user sees as /',
    defaultText: '/',
    exampleToml: '"/anna"',
  },
  { name: 'read-only', description: 'No uploads and no other change', exampleToml: 'false' },
  { name: 'admin', description: "Sees the server's own numbers in STAT", exampleToml: 'false' },
  {
    name: 'on-control-loss',
    placeholder: 'policy',
    description: 'abort, finish or grace:SECONDS',
    defaultText: "the server's",
    exampleToml: '"abort"',
  },
  {
    name: 'missing-close-notify',
    placeholder: 'refuse|tolerate',
    description: 'refuse or tolerate',
    defaultText: "the server's",
    exampleToml: '"refuse"',
  },
  ...accountFields,
];

/** Empty: the demo user. */
export function usersOf(given: GivenSettings): readonly MemoryUser[] {
  const problems = new Problems();
  const users = new Map<string, MemoryUser>();
  const take = (read: () => MemoryUser): void => {
    const user = problems.attempt(read);
    if (user === undefined) return;
    if (!users.has(user.name)) users.set(user.name, user);
    else problems.add(given.wrong('user', `gives "${user.name}" twice: each user needs a name of their own.`));
  };
  for (const text of given.texts('user')) take(() => userOfText(given, text));
  for (const table of given.tables('user')) take(() => userOfTable(given, table));
  problems.throwIfAny();
  if (users.size > 0 || !given.has('user')) return [...users.values()];
  throw given.wrong('user', 'names nobody: name a user, or leave it out to have the demo user made.');
}

function userOfText(given: GivenSettings, text: string): MemoryUser {
  const colon = text.indexOf(':');
  // The text is not repeated: it may be a password.
  if (colon === -1) throw given.wrong('user', 'takes NAME:PASSWORD; there is no colon in what was given.');
  const name = text.slice(0, colon);
  const password = text.slice(colon + 1);
  if (name === '') throw given.wrong('user', 'takes NAME:PASSWORD; the name before the colon is empty.');
  if (hasControlCharacters(text)) throw given.wrong('user', 'must not hold line ends or other control characters.');
  if (password === '') throw given.wrong('user', `gives "${name}" an empty password: write one behind the colon.`);
  const verifier = passwordOf(password, (rest) => given.wrong('user', `gives "${name}" ${rest}`));
  return { name, password: verifier, readOnly: given.isOn('read-only') };
}

function userOfTable(given: GivenSettings, table: GivenValues): MemoryUser {
  const name = table.text('name') ?? '';
  if (name === '') throw table.wrong('name', 'is missing: every user needs a name.');
  const password = table.text('password') ?? '';
  if (password === '') throw table.wrong('password', `is missing or empty: "${name}" needs one.`);
  for (const field of ['name', 'password', 'home']) {
    const isOdd = hasControlCharacters(table.text(field) ?? '');
    if (isOdd) throw table.wrong(field, 'must not hold line ends or other control characters.');
  }
  const home = table.text('home');
  const onControlLoss = onControlLossIfGiven(table, 'on-control-loss');
  const missingCloseNotify = missingCloseNotifyIfGiven(table, 'missing-close-notify');
  const user: MemoryUser = {
    name,
    password: passwordOf(password, (rest) => table.wrong('password', `gives "${name}" ${rest}`)),
    readOnly: given.isOn('read-only') || table.isOn('read-only'),
    ...(home === undefined ? {} : { home }),
    ...(table.isOn('admin') ? { admin: true } : {}),
    ...(onControlLoss === undefined ? {} : { onControlLoss }),
    ...(missingCloseNotify === undefined ? {} : { missingCloseNotify }),
    ...readAccountFields(
      {},
      (field) => (table.has(field) ? table.texts(field) : undefined),
      (field, rest) => table.wrong(field, rest),
    ),
  };
  checkByStore(user, (reason) => table.wrong('name', `cannot be a user: ${reason}`));
  return user;
}

/** The store has rules of its own, for example for the home. */
function checkByStore(user: MemoryUser, wrong: (reason: string) => ConfigError): void {
  try {
    createMemoryUserStore({ users: [user] });
  } catch (error) {
    throw error instanceof ConfigError ? wrong(error.message) : error;
  }
}

/** A hash stays as it is; everything else is the password itself. */
function passwordOf(text: string, wrong: (rest: string) => ConfigError): MemoryUser['password'] {
  if (!looksLikePasswordHash(text)) return new Secret(text);
  try {
    parsePasswordHash(text);
  } catch (error) {
    throw wrong(`a hash that cannot be used: ${(error as Error).message}`);
  }
  return text;
}

export function adminsOf(given: GivenSettings, users: readonly MemoryUser[]): readonly string[] {
  const admins = given.texts('admin');
  const names = users.length === 0 ? [demoUserName] : users.map(({ name }) => name);
  const stranger = admins.find((name) => !names.includes(name));
  if (stranger !== undefined && given.has('users-db')) {
    const instead = `use twinline user set ${stranger} --admin yes`;
    throw given.wrong('admin', `is not for the users of a database: ${instead}.`);
  }
  if (stranger === undefined) return admins;
  throw given.wrong('admin', `names "${stranger}", who is not among the users: ${names.join(', ')}.`);
}

export function usersDbOf(given: GivenSettings): string | undefined {
  return pathOf(given, 'users-db');
}
