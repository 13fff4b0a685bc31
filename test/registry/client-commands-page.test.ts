/** The page on the commands of the client says what the records say. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { clientEventLineSchema } from '../../src/cli/display/client-event.ts';
import { exitCodeMeanings, exitCodes, severity } from '../../src/cli/exit-codes.ts';
import { loadSubcommands, subcommands } from '../../src/cli/subcommands/index.ts';
import { textOf } from './source-files.ts';

const page = textOf('docs/how-to/client-commands.md');
const records = await loadSubcommands();

describe('the page on the commands of the client', () => {
  test('lists commands with the summaries of their records', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([A-Z].*\.) \|$/gm)].map(([, name, summary]) => ({ name, summary }));
    assert.ok(rows.length >= 13, String(rows.length));
    for (const { name, summary } of rows) {
      assert.equal(records.find((record) => record.name === name)?.summary, summary, name);
    }
  });

  test('has each exit code with its meaning, and the order in which they count', () => {
    for (const { code, meaning } of exitCodeMeanings)
      assert.ok(page.includes(`| ${code} | ${meaning} |`), String(code));
    assert.deepEqual(new Set(severity), new Set<number>(Object.values(exitCodes)));
    assert.equal(severity.length, Object.values(exitCodes).length);
    const worstFirst = severity.filter((code) => code !== exitCodes.ok).toReversed();
    assert.ok(page.includes(`in this order: ${worstFirst.join(', ')}.`));
  });

  test('names each kind of event', () => {
    for (const { shape } of clientEventLineSchema.options) {
      const [kind = ''] = shape.kind.values;
      assert.match(page, new RegExp(`^\\|[^|]*\`${kind}\``, 'm'), kind);
    }
  });

  test('shows command lines that are understood', () => {
    const lines = [...page.matchAll(/^twinline (.*)$/gm)].map((match) => match[1] ?? '');
    assert.ok(lines.length >= 4);
    for (const line of lines) {
      const [name = '', ...words] = (line.split(' | ')[0] ?? '').split(' ').map((word) => word.replaceAll("'", ''));
      const record = records.find((known) => known.name === name);
      assert.ok(record, line);
      assert.doesNotThrow(() => parseCommandLine(record, words), line);
    }
  });
});

test('each subcommand is listed with the name and the summary of its record', () => {
  assert.deepEqual(
    subcommands.map(({ name, summary }) => ({ name, summary })),
    records.map(({ name, summary }) => ({ name, summary })),
  );
});
