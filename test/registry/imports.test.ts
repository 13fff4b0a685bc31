/** Holds the import lines of every source file against the table of parts in the architecture. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { filesBelow, textOf, top } from './source-files.ts';

/** What each part may import; see "Parts and the one direction of dependence" in docs/architecture.md. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  protocol: ['errors'],
  net: ['protocol', 'errors'],
  storage: ['protocol', 'errors'],
  users: ['errors'],
  server: ['net', 'storage', 'users', 'protocol', 'errors'],
  client: ['net', 'protocol', 'errors'],
  peer: ['net', 'errors'],
  lab: ['peer', 'net', 'protocol', 'errors'],
  console: ['server', 'errors'],
  testing: ['errors', 'protocol', 'net', 'storage', 'users', 'server', 'client', 'peer'],
  cli: ['errors', 'protocol', 'net', 'storage', 'users', 'server', 'client', 'lab', 'peer', 'console', 'testing'],
};

/** Parts that stay free of sockets, timers and everything else of Node. */
const pureParts = new Set(['errors', 'protocol']);

interface Import {
  readonly file: string;
  readonly part: string;
  readonly isTest: boolean;
  readonly specifier: string;
}

const importLine =
  /^\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

function importsOf(file: string): Import[] {
  const part = file.split('/')[1] ?? '';
  const isTest = file.endsWith('.test.ts');
  const specifiers = [...textOf(file).matchAll(importLine)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return specifiers.map((specifier) => ({ file, part, isTest, specifier }));
}

/** The path that a relative import leads to, from the top of the repository. */
const targetOf = (line: Import) => posix.join(posix.dirname(line.file), line.specifier);

/** What is wrong with an import inside the repository, or `undefined`. */
function problemOf(line: Import): string | undefined {
  const target = targetOf(line);
  const [root, part = '', ...rest] = target.split('/');
  if (line.isTest && target.startsWith('test/fixtures/')) return undefined;
  if (root !== 'src') return `leads out of src to ${target}`;
  if (!existsSync(join(top, target))) return `leads to ${target}, which does not exist`;
  if (part === line.part) return undefined;
  if (rest.join('/') !== 'index.ts') return `enters ${part} past its index.ts`;
  const allowed = mayImport[line.part] ?? [];
  if (allowed.includes(part) || (line.isTest && part === 'testing')) return undefined;
  return `imports ${part}, and the table allows ${allowed.join(', ') || 'nothing'}`;
}

const files = filesBelow('src', '.ts');
const lines = files.flatMap(importsOf);

describe('the imports of src', () => {
  test('every folder of src is a part of the table', () => {
    const folders = new Set(files.filter((file) => file.split('/').length > 2).map((file) => file.split('/')[1]));
    assert.deepEqual(
      [...folders].filter((part) => part === undefined || !(part in mayImport)),
      [],
    );
  });

  test('are found at all', () => {
    assert.ok(lines.length > 100, `${lines.length} import lines`);
  });

  test('go in the one direction of dependence, and enter a part through its index.ts only', () => {
    const relative = lines.filter((line) => line.specifier.startsWith('.'));
    const problems = relative.flatMap((line) => {
      const problem = problemOf(line);
      return problem === undefined ? [] : [`${line.file}: '${line.specifier}' ${problem}`];
    });
    assert.deepEqual(problems, []);
  });

  test('bring nothing of Node into the pure parts', () => {
    const outside = lines.filter((line) => !line.isTest && pureParts.has(line.part) && !line.specifier.startsWith('.'));
    assert.deepEqual(
      outside.map((line) => `${line.file}: ${line.specifier}`),
      [],
    );
  });

  test('name only dependencies that the published package brings', () => {
    type Packages = Record<string, string>;
    const manifest = JSON.parse(textOf('package.json')) as { dependencies: Packages; optionalDependencies: Packages };
    const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies };
    const foreign = lines.filter((line) => {
      if (line.isTest || line.specifier.startsWith('.')) return false;
      if (line.specifier.startsWith('node:')) return !isBuiltin(line.specifier);
      const name = line.specifier.split('/').slice(0, line.specifier.startsWith('@') ? 2 : 1);
      return !(name.join('/') in dependencies);
    });
    assert.deepEqual(
      foreign.map((line) => `${line.file}: ${line.specifier}`),
      [],
    );
  });

  test('are held to the same table by the compiler', () => {
    for (const path of filesBelow('src', 'tsconfig.json')) {
      const part = path.split('/')[1] ?? '';
      if (path.split('/').length !== 3) continue;
      const { references = [] } = JSON.parse(textOf(path)) as { references?: { path: string }[] };
      const beyond = references
        .map((reference) => posix.basename(reference.path))
        .filter((name) => !mayImport[part]?.includes(name));
      assert.deepEqual(beyond, [], path);
    }
  });
});
