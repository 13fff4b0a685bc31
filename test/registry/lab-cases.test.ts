/** The records of the lab's cases are whole: ids and rows that never move, clauses, sentences, and outcomes that can come. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { casesOfRow, catalogue, type CatalogueRow, smokeCells } from '../../docs/lab-catalogue.ts';
import { allCases, catalogueRow, type LabCase, selectCases } from '../../src/lab/index.ts';
import { filesBelow, textOf } from './source-files.ts';

const cell = /^J-(?:RST|FIN|CN|TRUNC|HOLE|421)-[DUL]-[0-3]-[CT]$/;
const rows = new Map(catalogue.map((entry) => [entry.row, entry]));

function isRow(record: LabCase): boolean {
  return cell.test(record.row) || rows.has(catalogueRow(record));
}

/** The cases that `isWrong` finds, by id. */
function found(isWrong: (record: LabCase) => boolean): readonly string[] {
  return allCases.filter(isWrong).map(({ id, row }) => `${row} ${id}`);
}

const isSentence = (text: string): boolean => /^[A-Z0-9"'][^]*[.)?]$/.test(text) && !text.includes('\n');

describe('the records of the lab', () => {
  test('are many, on both sides', () => {
    assert.ok(allCases.length >= 150, `${allCases.length}`);
    assert.deepEqual(new Set(allCases.map(({ side }) => side)), new Set(['server', 'client']));
  });

  test('have ids that nobody else has: folder of the document, section, name', () => {
    const ids = allCases.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
    const form = /^(?:rfc\d{3,4}\/\d+(?:\.\d+)*(?:-\d+)?|engineering(?:\/[a-z0-9-]+)?)\/[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
    assert.deepEqual(
      found(({ id }) => !form.test(id)),
      [],
    );
  });

  test('stand on rows of the catalogue', () => {
    assert.deepEqual(
      found((record) => !isRow(record)),
      [],
    );
  });

  test('name the document that asks for it, or say that none does', () => {
    assert.deepEqual(
      found(({ clause }) => !/\b(?:RFC \d{3,4}|draft-[a-z])|engineering/.test(clause)),
      [],
    );
  });

  test('require and advise in sentences', () => {
    assert.deepEqual(
      found(({ requirement, advice }) => !isSentence(requirement) || !isSentence(advice)),
      [],
    );
  });

  test('have an outcome that is fine and one that is not, or leave several ways open', () => {
    assert.deepEqual(
      found(({ outcomes }) => {
        const grades = new Set(Object.values(outcomes).map(({ grade }) => grade));
        const isFine = grades.has('pass') || grades.has('info');
        const isChoice = [...grades].every((grade) => grade === 'info') && Object.keys(outcomes).length > 1;
        return !isFine || (grades.size < 2 && !isChoice);
      }),
      [],
    );
  });

  test('have outcomes that say something of the other side, in the middle of a sentence', () => {
    assert.deepEqual(
      found(({ outcomes }) => Object.values(outcomes).some(({ says }) => says === '' || says.endsWith('.'))),
      [],
    );
  });
});

describe('the catalogue of the lab', () => {
  const judged = (entry: CatalogueRow, side: LabCase['side']): boolean => casesOfRow(allCases, entry, side).length > 0;
  const wrong = (isWrong: (entry: CatalogueRow) => boolean): readonly string[] =>
    catalogue.filter(isWrong).map(({ row, name }) => `${row} ${name}`);

  test('has all of its 199 rows beside the matrix', () => {
    const counts = { A: 18, B: 25, C: 15, D: 21, E: 23, F: 8, G: 15, H: 8, K: 19, L: 12, M: 15, N: 20 };
    const wanted = Object.entries(counts).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, '0')}`),
    );
    assert.deepEqual(
      catalogue.map(({ row }) => row),
      wanted,
    );
  });

  test('is judged in every row, on the side that the row is about, or says why not', () => {
    const missing = wrong((entry) => {
      if (entry.notACase !== undefined) return false;
      if (entry.role === 'P') return !judged(entry, 'server') && !judged(entry, 'client');
      const sides = { S: ['server'], C: ['client'], 'S/C': ['server', 'client'] } as const;
      return sides[entry.role].some((side) => !judged(entry, side));
    });
    assert.deepEqual(missing, []);
  });

  test('gives reasons only for rows that have no case, in sentences', () => {
    assert.deepEqual(
      wrong((entry) => {
        if (entry.notACase === undefined) return false;
        return judged(entry, 'server') || judged(entry, 'client') || !isSentence(entry.notACase);
      }),
      [],
    );
  });

  test('has a minimal set of 24 rows, which is what `smoke` selects', () => {
    const wanted = [...catalogue.filter(({ smoke }) => smoke).map(({ row }) => row), ...smokeCells];
    assert.equal(wanted.length, 24);
    // What H02 asks is, in a download, what L02 judges.
    wanted.push('L02');
    const selected = new Set(selectCases(allCases, { only: ['smoke'] }).map((record) => catalogueRow(record)));
    assert.deepEqual([...selected].toSorted(), wanted.toSorted());
  });

  test('has every cell of the matrix on the side of clients, and those that a client can cause on that of servers', () => {
    const cells = (side: LabCase['side']): readonly string[] =>
      allCases.filter((record) => record.side === side && cell.test(record.row)).map(({ row }) => row);
    assert.equal(new Set(cells('client')).size, 144);
    assert.equal(new Set(cells('server')).size, 120);
    assert.deepEqual(
      cells('client').filter((row) => !row.startsWith('J-421')),
      cells('server'),
    );
  });
});

describe('the outcomes of the lab', () => {
  const files = new Map(filesBelow('src/lab', '.ts').map((file) => [file, textOf(file)]));

  /** The file that holds the id, and what it imports from beside it; all of them for ids that are put together. */
  function sourceOf({ id, side }: LabCase): string {
    const name = id.split('/').at(-1) ?? id;
    const own = [...files].filter(
      ([file, text]) =>
        file.startsWith('src/lab/cases/') &&
        text.includes(`${name}'`) &&
        !file.includes(side === 'server' ? '/client/' : '/server/'),
    );
    if (own.length === 0) return [...files.values()].join('\n');
    const beside = own.flatMap(([file, text]) =>
      [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) => posix.join(posix.dirname(file), path)),
    );
    return [...own.map(([, text]) => text), ...beside.map((file) => files.get(file) ?? '')].join('\n');
  }

  test('are all named where a case can come to them', () => {
    const unnamed = allCases.flatMap((record) => {
      const source = sourceOf(record);
      const isNamed = (key: string): boolean => new RegExp(`['"\`]${key}['"\`](?!: \\{)`).test(source);
      return Object.keys(record.outcomes).flatMap((key) => (isNamed(key) ? [] : [`${record.id}: ${key}`]));
    });
    assert.deepEqual(unnamed, []);
  });
});
