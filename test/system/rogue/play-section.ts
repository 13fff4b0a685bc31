/** Plays the rogue cases of one section as tests, a few at a time: most of them wait for a timer of the client. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rogueCases } from './cases/index.ts';
import { expectationOf, type RogueCase, type RogueMode, type Section, sections } from './define-rogue-case.ts';
import { problemsOf, proofProblems } from './judge.ts';
import { observe } from './observe.ts';

/** Plays one case in one mode and throws what is not as it must be. */
export async function playCase(record: RogueCase, mode: RogueMode): Promise<void> {
  await observe(record, mode, async (seen, server) => {
    const problems = [...problemsOf(expectationOf(record, mode), seen), ...proofProblems(record, seen)];
    const told = `${problems.join('\n')}\n--- standard error\n${seen.stderr}\n--- sent\n${seen.sessions.map((lines) => lines.join('\n')).join('\n-\n')}`;
    assert.ok(problems.length === 0, told);
    await record.also?.(server);
  });
}

const casesAtOnce = 6;

/** Files of the tester say nothing to the client here, and what it learns of one server is not for the next. */
export function keepUserFilesAway(): void {
  const empty = mkdtempSync(join(tmpdir(), 'twinline-nobody-'));
  process.on('exit', () => rmSync(empty, { recursive: true, force: true }));
  for (const name of ['HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME']) process.env[name] = empty;
  // A place that nobody can write: ports are used again within a run.
  process.env['XDG_CACHE_HOME'] = '/dev/null';
  delete process.env['TWINLINE_PASSWORD'];
}

export function playSection(section: Section): void {
  keepUserFilesAway();
  describe(`against a rogue server, section ${section} (${sections[section]})`, { concurrency: casesAtOnce }, () => {
    for (const record of rogueCases.filter((each) => each.section === section)) {
      for (const mode of record.modes) {
        const options = { ...(record.todo === undefined ? {} : { todo: record.todo }) };
        test(`${record.id} (${mode}): the client ${record.client}`, options, () => playCase(record, mode));
      }
    }
  });
}
