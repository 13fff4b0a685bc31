/** Contract: names that work, names that are refused, and the storage's own. */

import assert from 'node:assert/strict';

import { hiddenPrefix } from '../path-names.ts';
import type { StorageBackend } from '../storage-backend.ts';
import {
  alice,
  assertPartial,
  begin,
  type ContractCase,
  getText,
  interrupt,
  names,
  put,
  refuses,
  replace,
  resumeAt,
} from './contract-case.ts';

export const namingCases: readonly ContractCase[] = [
  {
    id: 'odd-names',
    title: 'takes names with spaces, quotes, dashes, dots and characters of all scripts',
    run: takesOddNames,
  },
  { id: 'undecodable-names', title: 'keeps the bytes of names that are no UTF-8', run: keepsBytes },
  { id: 'long-names', title: 'takes names of 255 bytes, also for interrupted uploads', run: takesLongNames },
  { id: 'case', title: 'tells upper from lower case', run: tellsCase },
  {
    id: 'bad-names',
    title: 'refuses names with control characters and paths that are not normalised',
    run: refusesBadNames,
  },
  { id: 'hidden-names', title: 'refuses names with its own prefix', run: refusesHiddenNames },
];

const oddNames = [
  ' ',
  ' leading and trailing ',
  '-rf',
  '--',
  '...',
  '.hidden',
  '.twinlin',
  'twinline-part-',
  '"quoted"',
  "it's",
  'back\\slash',
  'a*b?c[d]{e}',
  '$HOME `id` ; |&<>',
  '%2e%2e%2f',
  '~',
  'CON',
  '__proto__',
  'grüße',
  'файл',
  '文件名',
  'שלום',
  '🎉👩‍👩‍👧',
];

async function takesOddNames(backend: StorageBackend): Promise<void> {
  for (const name of oddNames) {
    await put(backend, `/${name}`, name);
    assert.equal((await backend.stat(`/${name}`)).name, name);
  }
  assert.deepEqual(await names(backend, '/'), [...oddNames].sort());
  await visitEach(backend, oddNames);
}

async function keepsBytes(backend: StorageBackend): Promise<void> {
  const undecodable = ['\udcff', 'caf\udce9', '\udcc3(', '\udced\udca0\udc80', 'mixed ü \udcfe 文'];
  for (const name of undecodable) await put(backend, `/${name}`, name);
  assert.deepEqual(await names(backend, '/'), [...undecodable].sort());
  await visitEach(backend, undecodable);
  await refuses(backend.stat('/\udcc3\udca9'), 'name-not-allowed');
  await refuses(backend.stat('/\ud800'), 'name-not-allowed');
}

/** Every operation works on every name. */
async function visitEach(backend: StorageBackend, all: readonly string[]): Promise<void> {
  for (const name of all) {
    assert.equal((await getText(backend, `/${name}`)).length > 0, true);
    await interrupt(backend, `/${name}`, 'half');
    await assertPartial(backend, `/${name}`, 4);
    await (await begin(backend, `/${name}`, ' done', resumeAt(4))).commit();
    assert.equal(await getText(backend, `/${name}`), 'half done');
    await backend.setModified(`/${name}`, 1_000);
    await backend.rename(`/${name}`, '/moved');
    await backend.makeDirectory(`/${name}`);
    await backend.rename('/moved', `/${name}/${name}`);
    assert.deepEqual(await names(backend, `/${name}`), [name]);
    await backend.removeFile(`/${name}/${name}`);
    await backend.removeDirectory(`/${name}`);
  }
  assert.deepEqual(await names(backend, '/'), []);
}

async function takesLongNames(backend: StorageBackend): Promise<void> {
  for (const name of ['x'.repeat(255), 'ü'.repeat(127), `${'文'.repeat(84)}abc`]) {
    await interrupt(backend, `/${name}`, 'half');
    await assertPartial(backend, `/${name}`, 4);
    await (await begin(backend, `/${name}`, ' done', resumeAt(4))).commit();
    assert.equal(await getText(backend, `/${name}`), 'half done');
    assert.ok((await names(backend, '/')).includes(name));
  }
  for (const name of ['x'.repeat(256), 'ü'.repeat(128), 'x'.repeat(5_000)]) {
    await refuses(backend.stat(`/${name}`), 'name-not-allowed');
    await refuses(backend.openWrite(`/${name}`, alice, replace), 'name-not-allowed');
    await refuses(backend.makeDirectory(`/${name}`), 'name-not-allowed');
  }
  await refuses(backend.stat('/a'.repeat(40_000)), 'name-not-allowed');
}

async function tellsCase(backend: StorageBackend): Promise<void> {
  await put(backend, '/File', 'upper');
  await refuses(backend.stat('/file'), 'not-found');
  await put(backend, '/file', 'lower');
  assert.equal(await getText(backend, '/File'), 'upper');
}

async function refusesBadNames(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/d');
  await put(backend, '/f', 'x');
  const bad = ['', 'f', 'd/f', './f', '/d/', '//f', '/d//f', '/.', '/..', '/d/..', '/d/../f', '/d/./f', '/../f'];
  for (const character of ['\0', '\n', '\r', '\t', '\x1b', '\x7f', '\x85', '\x9b']) {
    bad.push(`/${character}`, `/f${character}`, `/${character}f`, `/d${character}/f`);
  }
  for (const path of bad) await refusesEverything(backend, path);
  assert.deepEqual(await names(backend, '/'), ['d', 'f']);
}

async function refusesHiddenNames(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/f', 'half');
  await put(backend, '/f', 'x');
  for (const name of [hiddenPrefix, `${hiddenPrefix}x`, `${hiddenPrefix}part-1`, hiddenPrefix.toUpperCase()]) {
    await refusesEverything(backend, `/${name}`);
    await refusesEverything(backend, `/${name}/f`);
  }
  assert.deepEqual(await names(backend, '/'), ['f']);
}

async function refusesEverything(backend: StorageBackend, path: string): Promise<void> {
  const kind = 'name-not-allowed';
  await refuses(backend.stat(path), kind);
  await refuses(names(backend, path), kind);
  await refuses(backend.openRead(path), kind);
  for (const mode of [replace, resumeAt(0), { kind: 'append' }] as const) {
    await refuses(backend.openWrite(path, alice, mode), kind);
  }
  await refuses(backend.partialSize(path, alice), kind);
  await refuses(backend.makeDirectory(path), kind);
  await refuses(backend.removeDirectory(path), kind);
  await refuses(backend.removeFile(path), kind);
  await refuses(backend.rename('/f', path), kind);
  await refuses(backend.rename(path, '/g'), kind);
  await refuses(backend.setModified(path, 0), kind);
}
