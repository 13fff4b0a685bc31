import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { maxGlobChars, resolvePath } from '../../protocol/index.ts';
import { createMemoryStorage, type StorageBackend } from '../../storage/index.ts';
import type { Session } from '../session.ts';
import { type ListingRequest, parseListArgument, resolveListing } from './listing.ts';

const storage = createMemoryStorage();
const user = { name: 'user' };
await storage.makeDirectory('/docs');
await storage.makeDirectory('/docs/deep');
await storage.makeDirectory('/empty');
for (const path of [
  '/a.txt',
  '/b.txt',
  '/c.bin',
  '/docs/one.md',
  '/docs/two.md',
  '/docs/[x]',
  '/docs/deep/file',
  '/-la',
]) {
  await (await storage.openWrite(path, user, { kind: 'replace' })).commit();
}

/** As much of a session as a listing needs. */
const sessionIn = (workingDirectory: string, backend: StorageBackend = storage): Session =>
  ({
    storage: backend,
    path: (argument: string) => resolvePath(workingDirectory, argument),
    storagePath: (path: string) => path,
  }) as unknown as Session;

/** The names of a listing, sorted, each with what stands before it. */
async function namesOf(request: ListingRequest, workingDirectory = '/'): Promise<string[]> {
  const listing = await resolveListing(sessionIn(workingDirectory), request);
  const names: string[] = [];
  for await (const batch of listing.entries) for (const { name } of batch) names.push(`${listing.prefix}${name}`);
  return names.sort();
}

const namesBy = (argument: string, workingDirectory?: string): Promise<string[]> =>
  namesOf(parseListArgument(argument), workingDirectory);

describe('parseListArgument', () => {
  const cases: readonly [argument: string, folder: string, pattern?: string][] = [
    ['', ''],
    ['docs', 'docs'],
    ['/docs/', '/docs/'],
    ['-la', ''],
    ['-la docs', 'docs'],
    ['-a -l  docs', 'docs'],
    ['-l *.txt', '', '*.txt'],
    ['*', '', '*'],
    ['docs/*.md', 'docs/', '*.md'],
    ['/docs/[a-z]?', '/docs/', '[a-z]?'],
    ['a b/c d', 'a b/c d'],
    ['-name.txt', '-name.txt'],
    ['-dir/file', '-dir/file'],
    ['-la -name.txt', '-name.txt'],
    ['--', '--'],
    ['-', '-'],
    ['./-la', './-la'],
    ['d*r/file', 'd*r/file'],
  ];
  for (const [argument, folder, pattern] of cases) {
    test(`reads ${JSON.stringify(argument)} as ${JSON.stringify(folder)} and ${pattern ?? 'no pattern'}`, () => {
      assert.deepEqual(parseListArgument(argument), { folder, pattern });
    });
  }

  test('takes time that grows with the length of the argument', () => {
    const startedAt = performance.now();
    for (const argument of ['-a'.repeat(4000), '-a '.repeat(2700), `-${'a'.repeat(8000)}.`, '- '.repeat(4000)]) {
      parseListArgument(argument);
    }
    assert.ok(performance.now() - startedAt < 500);
  });

  test('loses nothing but options, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('-', 'l', ' ', '/', '*', '.'), maxLength: 20 }), (argument) => {
        const { folder, pattern } = parseListArgument(argument);
        const rest = `${folder}${pattern ?? ''}`;
        assert.ok(argument.endsWith(rest));
        assert.match(argument.slice(0, argument.length - rest.length), /^(?:-l+(?: +|$))*$/);
        if (pattern !== undefined) assert.ok(!pattern.includes('/'));
      }),
    );
  });
});

describe('resolveListing', () => {
  test('lists the working directory, or a directory by any name of it', async () => {
    const docs = ['[x]', 'deep', 'one.md', 'two.md'];
    assert.deepEqual(await namesBy('', '/docs'), docs);
    for (const written of ['docs', 'docs/', '/docs', './docs', 'docs/deep/..', 'docs/.']) {
      const prefix = written.endsWith('/') ? written : `${written}/`;
      assert.deepEqual(
        await namesBy(written),
        docs.map((name) => `${prefix}${name}`),
        written,
      );
    }
    assert.deepEqual(await namesBy('empty'), []);
  });

  test('lists one file under a name that leads to it from the working directory', async () => {
    for (const [written, workingDirectory] of [
      ['a.txt', '/'],
      ['/a.txt', '/docs'],
      ['../a.txt', '/docs'],
      ['docs/one.md', '/'],
      ['deep/../one.md', '/docs'],
      ['a.txt/', '/'],
      ['a.txt/.', '/'],
      ['one.md/', '/docs'],
      ['docs/one.md//', '/'],
    ] as const) {
      const [name = '', ...others] = await namesBy(written, workingDirectory);
      assert.deepEqual(others, [], written);
      const path = resolvePath(workingDirectory, name);
      assert.equal(path, resolvePath(workingDirectory, written), `${written} is listed as ${name}`);
    }
    assert.deepEqual(await namesBy('a.txt'), ['a.txt']);
    assert.deepEqual(await namesBy('/docs/one.md'), ['/docs/one.md']);
  });

  test('says whether it lists a folder', async () => {
    assert.equal((await resolveListing(sessionIn('/'), parseListArgument('docs'))).isFolder, true);
    assert.equal((await resolveListing(sessionIn('/'), parseListArgument('*.txt'))).isFolder, true);
    assert.equal((await resolveListing(sessionIn('/'), parseListArgument('a.txt'))).isFolder, false);
  });

  test('chooses by a pattern in the last part, also where it matches nothing', async () => {
    assert.deepEqual(await namesBy('*.txt'), ['a.txt', 'b.txt']);
    assert.deepEqual(await namesBy('docs/*.md'), ['docs/one.md', 'docs/two.md']);
    assert.deepEqual(await namesBy('/docs/t*'), ['/docs/two.md']);
    assert.deepEqual(await namesBy('*.none'), []);
    assert.deepEqual(await namesBy('-l *.txt'), ['a.txt', 'b.txt']);
  });

  test('takes a name with the characters of a pattern for the name where there is one', async () => {
    assert.deepEqual(await namesBy('docs/[x]'), ['docs/[x]']);
    assert.deepEqual(await namesBy('./-la'), ['./-la']);
  });

  test('refuses what is not there, patterns in what is no directory, and patterns without end', async () => {
    const refused: readonly [string, string][] = [
      ['none', 'not-found'],
      ['none/*', 'not-found'],
      ['a.txt/*', 'not-a-directory'],
      [`docs/${'*'.repeat(maxGlobChars + 1)}`, 'name-not-allowed'],
    ];
    for (const [argument, kind] of refused) await assert.rejects(namesBy(argument), { kind }, argument.slice(0, 20));
  });

  test('refuses a file where only a directory will do', async () => {
    const request = { folder: 'a.txt', pattern: undefined, folderOnly: true };
    await assert.rejects(namesOf(request), { kind: 'not-a-directory' });
    assert.deepEqual(await namesOf({ ...request, folder: 'empty' }), []);
  });

  test('passes on what is no storage error', async () => {
    let calls = 0;
    const stat = (path: string): ReturnType<StorageBackend['stat']> => {
      calls += 1;
      return calls === 1 ? Promise.reject(new TypeError('a bug')) : storage.stat(path);
    };
    const broken = { stat } as unknown as StorageBackend;
    await assert.rejects(resolveListing(sessionIn('/', broken), parseListArgument('docs/[x]')), { message: 'a bug' });
  });
});
