import { test } from 'node:test';
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { partPathOf } from './part-file.ts';

test('a part keeps the name of its file while that leaves room for it', () => {
  for (const name of ['f', 'n'.repeat(250), 'ü'.repeat(125)]) assert.equal(partPathOf(`in/${name}`), `in/${name}.part`);
});

test('parts of long names lie in the same folder, fit, and never share a name', () => {
  const names = ['n'.repeat(251), `${'n'.repeat(254)}a`, `${'n'.repeat(254)}b`, 'ü'.repeat(126), `a${'n'.repeat(254)}`];
  const parts = names.map((name) => partPathOf(`in/${name}`));
  assert.equal(new Set(parts).size, names.length);
  for (const part of parts) {
    assert.match(part, /^in\/\.[^/]+\.part$/);
    assert.ok(Buffer.byteLength(basename(part)) <= 255);
  }
  assert.equal(partPathOf('n'.repeat(255)), partPathOf(`./${'n'.repeat(255)}`), 'relative to the same folder');
});
