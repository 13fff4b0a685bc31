/** The control-close matrix for clients: our own command is fine in every cell, and one that claims success is caught in every cell. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { clientCells, controlCloseClientCases } from '../../src/lab/cases/client/control-close.ts';
import { type CaseReport, type ClientCase, type ClientUnderTest, runClientLab } from '../../src/lab/index.ts';
import { createTempFolder, type TempFolder } from '../../src/peer/index.ts';
import { claim, claimantWords } from './clients/claimant.ts';
import { serveClient } from './clients/in-process.ts';
import { ownWords, runOwnCommand } from './clients/own-command.ts';
import { declare, isDeclaring } from './declared.ts';
import { isMade, type Security } from './matrix-cells.ts';

/** What can be made on TLS is made there. */
function casesOn(security: Security): readonly ClientCase[] {
  return controlCloseClientCases.filter((_, index) => {
    const cell = clientCells[index];
    return cell !== undefined && isMade('client', cell, security) && (security === 'explicit' || cell.kind === 'fin');
  });
}

type IsAsExpected = (report: CaseReport) => boolean;

/** What a client that has too little of the machine comes to; everything else is what it does. */
const mayBeLoad = ({ verdict, outcome }: CaseReport): boolean =>
  verdict === 'INFRA' || verdict === 'SKIP' || outcome === 'hung' || outcome === 'went-on';

/**
 * Those that are not as expected. With many at once a busy machine is too slow for some: those that may be so, and no others, are
 * tried once more, a few at a time.
 */
async function findOthers(
  client: ClientUnderTest,
  cases: readonly ClientCase[],
  parallel: number,
  isAsExpected: IsAsExpected,
): Promise<readonly string[]> {
  const report = await runClientLab({ client, cases, seed: 3, parallel, tool: 'test', repeat: 'again' });
  assert.equal(report.sanity.before.ok, true, report.sanity.before.says);
  const others = report.cases.filter((found) => !isAsExpected(found));
  if (parallel <= 2) return others.map(shown);
  const slow = others.filter(mayBeLoad);
  const again = cases.filter(({ id }) => slow.some((found) => found.id === id));
  const still = again.length === 0 ? [] : await findOthers(client, again, 2, isAsExpected);
  return [...others.filter((found) => !slow.includes(found)).map(shown), ...still];
}

const shown = ({ row, verdict, outcome, says, facts }: CaseReport): string =>
  `${row} ${verdict} ${outcome}: ${says} (${facts})`;

const isFine: IsAsExpected = ({ verdict }) => verdict === 'PASS' || verdict === 'INFO';
const isCaught: IsAsExpected = ({ verdict, outcome }) => verdict === 'FAIL' && outcome === 'accepted-part';

for (const security of ['explicit', 'plain'] as const) {
  const cases = casesOn(security);
  for (const record of cases) {
    declare(record, 'PASS', undefined);
    declare(record, 'FAIL', 'accepted-part');
  }
  if (isDeclaring) continue;
  describe(`clients, ${security}`, () => {
    let home: TempFolder;
    before(async () => {
      home = await createTempFolder();
      for (const name of ['HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME']) process.env[name] = home.path;
    });
    after(() => home.remove());

    test('our own gives up by name, resumes or verifies in every cell', async () => {
      const scheme = security === 'explicit' ? 'ftpes' : 'ftp';
      await using own = await serveClient('twinline', (task) => ownWords(task, scheme), runOwnCommand);
      assert.deepEqual(await findOthers(own.client, cases, 6, isFine), []);
    });

    test('one that claims success is caught in every cell', async () => {
      await using liar = await serveClient(
        'claimant',
        () => claimantWords,
        (asked) => claim(asked, security),
      );
      assert.deepEqual(await findOthers(liar.client, cases, 12, isCaught), []);
    });
  });
}
