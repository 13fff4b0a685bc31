/** The control-close matrix on bad servers: every cell that can be made is seen to fail. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { Cell } from '../../src/lab/cases/control-close/cells.ts';
import { controlCloseCases, serverCells } from '../../src/lab/cases/server/control-close.ts';
import { type CaseReport, runServerLab, type ServerCase, type Verdict, verdictOf } from '../../src/lab/index.ts';
import { startScriptedServer } from '../../src/peer/index.ts';
import { type BadServer, badServers, scriptsOf } from './bad-transfers.ts';
import { declare, isDeclaring } from './declared.ts';
import { isMade, type Security } from './matrix-cells.ts';

interface Expected {
  readonly record: ServerCase;
  readonly outcome: string;
  readonly verdict: Verdict;
}

/** A server that is kept waiting in a handshake does no more than that. */
function heldFor(outcome: string, { direction, phase }: Cell, security: Security): string {
  const isHeld = outcome === 'held-open' && direction === 'listing' && phase <= 1 && security === 'explicit';
  return isHeld ? 'held-in-handshake' : outcome;
}

function expectedOf(bad: BadServer, security: Security, moves: 'uploads' | 'downloads'): readonly Expected[] {
  return serverCells.flatMap((cell, index) => {
    const record = controlCloseCases[index];
    const wanted = bad.outcomeIn(cell);
    if (record === undefined || wanted === undefined || !isMade('server', cell, security)) return [];
    // The other kinds are as they are on TLS.
    if (security === 'plain' && cell.kind !== 'fin') return [];
    if ((cell.direction === 'upload') !== (moves === 'uploads')) return [];
    const outcome = heldFor(wanted, cell, security);
    const grade = record.outcomes[outcome]?.grade ?? assert.fail(`${record.row} has no outcome ${outcome}`);
    return [{ record, outcome, verdict: verdictOf(grade, record.level) }];
  });
}

async function judge(
  bad: BadServer,
  security: Security,
  moves: 'uploads' | 'downloads',
  expected: readonly Expected[],
): Promise<readonly CaseReport[]> {
  const server = await startScriptedServer({ commands: scriptsOf(bad, moves) });
  try {
    const report = await runServerLab({
      target: { host: server.host, port: server.port, security, user: 'user', password: 'pass' },
      targetText: 'a bad server',
      // They wait more than they work, and nobody here is given the port of another.
      cases: expected.map(({ record }) => ({ ...record, alone: false })),
      seed: 5,
      parallel: expected.length,
      tool: 'test',
      timeouts: bad.timeouts ?? {},
    });
    assert.equal(report.sanity.before.ok, true, report.sanity.before.says);
    return report.cases;
  } finally {
    await server.stop();
  }
}

describe('a server is caught that', { concurrency: 3 }, () => {
  for (const bad of badServers) {
    for (const security of ['explicit', 'plain'] as const) {
      for (const moves of ['downloads', 'uploads'] as const) {
        const expected = expectedOf(bad, security, moves);
        for (const { record, verdict, outcome } of expected) declare(record, verdict, outcome);
        if (expected.length === 0 || isDeclaring) continue;
        test(`${bad.does}: ${moves}, ${security}`, async () => {
          const reports = await judge(bad, security, moves, expected);
          assert.deepEqual(
            reports.map(({ row, verdict, outcome }) => `${row} ${verdict} ${outcome}`),
            expected.map(({ record, verdict, outcome }) => `${record.row} ${verdict} ${outcome}`),
            reports.map(({ row, says, facts }) => `${row}: ${says} (${facts})`).join('\n'),
          );
        });
      }
    }
  }
});
