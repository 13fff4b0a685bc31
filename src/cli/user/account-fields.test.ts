import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccountSettings } from '../../users/index.ts';
import { accountFields, readAccountFields } from './account-fields.ts';

function read(given: Readonly<Record<string, readonly string[]>>, old: AccountSettings = {}): AccountSettings {
  return readAccountFields(
    old,
    (name) => given[name],
    (name, rest) => new Error(`${name} ${rest}`),
  );
}

describe('the settings of a user as text', () => {
  test('are read in the units that people write', () => {
    assert.deepEqual(
      read({
        rights: ['/=read-only', '/in=list,write'],
        mounts: ['/shared=tapes:/x'],
        'quota-bytes': ['10 GiB'],
        'quota-files': ['1000'],
        'rate-up': ['500 KiB/s'],
        'rate-down': ['10 MB'],
        'max-sessions': ['3'],
        'idle-timeout': ['15 min'],
      }),
      {
        rights: [
          { path: '/', allow: ['list', 'read'] },
          { path: '/in', allow: ['list', 'write'] },
        ],
        mounts: [{ path: '/shared', storage: 'tapes', folder: '/x' }],
        quotaBytes: 10 * 2 ** 30,
        quotaFiles: 1_000,
        rateUp: 512_000,
        rateDown: 10_000_000,
        maxSessions: 3,
        idleTimeoutMs: 900_000,
      },
    );
  });

  test('stay where they are not named, and go with the word none', () => {
    const old: AccountSettings = { quotaBytes: 5, rateUp: 6, rights: [] };
    assert.deepEqual(read({ 'quota-bytes': ['none'], rights: ['none'], 'quota-files': ['0'] }, old), {
      rateUp: 6,
      quotaFiles: 0,
    });
  });

  test('are refused with what is taken', () => {
    const wrong: readonly (readonly [string, string, RegExp])[] = [
      ['quota-bytes', '-1', /^quota-bytes takes a size such as/],
      ['quota-bytes', '99999999 TiB', /^quota-bytes takes/],
      ['quota-files', '1.5', /^quota-files takes a whole number/],
      ['rate-up', '0', /^rate-up takes bytes per second/],
      ['max-sessions', '0', /^max-sessions takes a whole number from 1/],
      ['idle-timeout', '10 ms', /^idle-timeout takes a time/],
      ['idle-timeout', '8 days', /^idle-timeout takes a time/],
      ['rights', '/a=all,', /^rights cannot be used: The rule/],
      ['mounts', '/=x:/y', /^mounts cannot be used: The mount/],
    ];
    for (const [name, text, message] of wrong) assert.throws(() => read({ [name]: [text] }), { message });
  });

  test('have a name, an example and a word for the help each', () => {
    for (const { name, placeholder, description, exampleToml } of accountFields) {
      assert.ok(placeholder !== undefined && exampleToml !== undefined && description.length > 10, name);
    }
  });
});
