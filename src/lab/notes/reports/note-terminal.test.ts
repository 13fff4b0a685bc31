import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { NotePart } from '../note-report.ts';
import { NotePrinter } from './note-terminal.ts';

function faultRows(text: string, width: number): readonly string[] {
  const part: NotePart = {
    title: 'A part',
    story: [],
    timeline: [{ atMs: 1378, column: 'lab', text, isFault: true }],
    droppedEntries: 0,
    questions: [],
    lines: [],
    left: [],
    verdicts: [],
    clauses: [],
  };
  const rows = new NotePrinter({ colour: false, width }).part(part).split('\n');
  return rows.filter((row) => row.includes('━━━━ '));
}

const words =
  'FAULT: the control line is cut (reset by the firewall: it sends each end a RST that seems to come from the other)';

for (const width of [60, 120]) {
  test(`a fault keeps to a width of ${width}, and no word of it is lost`, () => {
    const rows = faultRows(words, width);
    assert.ok(rows.length > 1);
    for (const row of rows) assert.equal(row.length, width);
    const said = rows.map((row) => /━━━━ (.*?) ━*$/.exec(row)?.[1] ?? '').join(' ');
    assert.equal(said, words);
  });
}
