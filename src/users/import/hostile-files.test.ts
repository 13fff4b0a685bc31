import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ConfigError } from '../../errors/index.ts';
import { looksLikePasswordHash, parsePasswordHash } from '../hashes/index.ts';
import { parseCsv } from './csv-users.ts';
import { readUsers } from './read-users.ts';
import { importFormats } from './source-line.ts';

const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(':', ',', '"', '\n', '\r', '{', '}', '$', '!', 'x', 'name', '/', ' ', '\0') }),
);

void test('no file makes the reader fail, whatever its format: every line is a user, a note or a problem', async () => {
  await fc.assert(
    fc.asyncProperty(fc.option(fc.constantFrom(...importFormats), { nil: undefined }), odd, async (format, text) => {
      // Passwords in clear would be hashed, which is slow and tried elsewhere.
      fc.pre(!text.includes('password'));
      const read = await readUsers(text, {
        source: 'f',
        existing: 'refuse',
        ...(format === undefined ? {} : { format }),
      });
      for (const { source } of [...read.notes, ...read.problems]) assert.match(source, /^f(?::\d+)?$/);
      const names = read.users.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
    }),
  );
});

void test('cells that are written with quotes are read as they were', () => {
  const cell = fc
    .string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'ü') })
    .filter((text) => text.trim() !== '');
  const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, (cells) => {
      const text = cells.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n');
      const read = parseCsv(text);
      assert.ok(typeof read !== 'number');
      assert.deepEqual(
        read.map((row) => row.cells),
        cells,
      );
    }),
  );
});

void test('a text that is no hash is refused with a ConfigError, which does not repeat it', () => {
  const beginnings = [
    '',
    '$6$',
    '$5$rounds=',
    '$2y$',
    '$y$',
    '$pbkdf2-sha256$',
    '{PBKDF2}',
    'pbkdf2_sha256$',
    '$scrypt$',
    'scrypt$',
    '$argon2id$',
    '{CRYPT}$6$',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), fc.string({ minLength: 12 }), (beginning, rest) => {
      try {
        parsePasswordHash(beginning + rest);
      } catch (error) {
        assert.ok(error instanceof ConfigError);
        assert.ok(!error.message.includes(rest));
      }
      assert.equal(typeof looksLikePasswordHash(beginning + rest), 'boolean');
    }),
  );
});
