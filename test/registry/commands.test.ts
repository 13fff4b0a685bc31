/** The records of the commands say enough of themselves: for HELP, FEAT, the gates and the page on the RFCs. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { generalRequirements } from '../../src/server/commands/general-requirements.ts';
import { commandTable } from '../../src/server/commands/index.ts';
import type { CommandRecord } from '../../src/server/commands/define-command.ts';
import { missingVerbs } from '../../src/server/commands/not-implemented.ts';
import { siteRecords } from '../../src/server/commands/site/index.ts';
import { filesBelow, textOf } from './source-files.ts';

const { all } = commandTable;

describe('the records of the commands', () => {
  test('have a verb each that no other has', () => {
    const verbs = [...all, ...missingVerbs].flatMap((record) => record.verbs);
    assert.deepEqual([...new Set(verbs)].sort(), [...verbs].sort());
    assert.deepEqual(
      verbs.filter((verb) => !/^(?:[A-Z]{3,4}|X(?:MD5|SHA)\d*)$/.test(verb)),
      [],
    );
  });

  test('tell the syntax with the verb in front, and a clause', () => {
    for (const { verbs, help, clause } of all) {
      assert.equal(help.split(' ')[0], verbs[0]);
      assert.match(clause, /^(?:RFC \d+|draft-[a-z-]+-\d\d) section |^in use, no RFC$/, verbs[0]);
    }
  });

  test('say what their documents ask, those of the clause among them', () => {
    for (const { verbs, clause, requirements } of all) {
      assert.ok(requirements.length > 0, `${verbs[0]} has no requirements`);
      for (const named of clause.match(/RFC \d+|draft-[a-z-]+(?=-\d\d)/g) ?? []) {
        assert.ok(
          requirements.some(({ document }) => document === named),
          `${verbs[0]}: nothing of ${named}`,
        );
      }
    }
  });

  test('give the reason where something is not kept in full, and no other reason', () => {
    const requirements = [
      ...generalRequirements,
      ...all.flatMap((record) => record.requirements),
      ...missingVerbs.map(({ requirement }) => requirement),
    ];
    for (const { text, status, reason } of requirements) assert.equal(reason === undefined, status === 'kept', text);
    for (const { text, reason = '.' } of requirements) assert.match(text + reason, /^[A-Z8][^|\n]*\.$/, text);
  });

  test('open FEAT lines with their own name, or that of what they bring', () => {
    for (const record of all) {
      for (const line of plainFeaturesOf(record)) {
        const own = record.verbs.some((verb) => line.startsWith(verb));
        assert.ok(own || ['TVFS', 'UTF8'].includes(line), `${record.verbs[0]}: ${line}`);
      }
    }
  });

  test('are all in the table: no file of the folder defines a command that is left out', () => {
    const defined = filesBelow('src/server/commands', '.ts')
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) => [...textOf(file).matchAll(/^ {2}verbs: \[(['A-Z, ]+)\]/gm)].map((match) => match[1] ?? ''))
      .flatMap((verbs) => verbs.split(',').map((verb) => verb.replaceAll("'", '').trim()));
    assert.ok(defined.length > 50, 'the search finds something');
    assert.deepEqual(
      defined.filter((verb) => commandTable.find(verb) === undefined),
      [],
    );
  });
});

/** The lines of FEAT of a command that need no session. */
function plainFeaturesOf(record: CommandRecord): readonly string[] {
  try {
    return record.features?.(undefined as never) ?? [];
  } catch {
    // It asks the session; a system test holds it against what the server does.
    return [];
  }
}

describe('the words behind SITE', () => {
  test('say what they are for, and need a right where they change something', () => {
    for (const { word, help, permission, changes } of siteRecords) {
      assert.ok(help.startsWith(`SITE ${word}`), word);
      assert.equal(permission === 'write', changes !== undefined, word);
    }
  });
});
