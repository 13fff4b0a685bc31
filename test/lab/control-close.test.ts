/** The control-close matrix: our own server in every cell, servers that do not watch a line, our own client, and a believer. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { controlCloseClientCases } from '../../src/lab/cases/client/control-close.ts';
import { cellsOf, kinds, rowOf } from '../../src/lab/cases/control-close/cells.ts';
import { controlCloseCases, serverCells } from '../../src/lab/cases/server/control-close.ts';
import { type CaseReport, runServerLab, type ServerCase, type Verdict } from '../../src/lab/index.ts';
import type { Script } from '../../src/peer/index.ts';
import { startServer } from '../fixtures/start-server.ts';
import { clientOfHabit, judgeClient, ourClient } from './judge-client.ts';
import { assertJudged, judgeOurs } from './judge-server.ts';
import { declare, isDeclaring } from './declared.ts';
import { judgesEach, scripted } from './judged-cases.ts';
import { isMade } from './matrix-cells.ts';

function cell(row: string): ServerCase {
  const found = controlCloseCases.find((record) => record.row === row);
  assert.ok(found !== undefined, row);
  return found;
}

test('the matrix has 144 cells, 120 of them for servers, each with an id and a row of its own', () => {
  assert.equal(controlCloseClientCases.length, 144);
  assert.equal(controlCloseCases.length, 120);
  const all = [...controlCloseClientCases, ...controlCloseCases];
  assert.equal(new Set(all.map(({ id }) => id)).size, 264);
  assert.deepEqual(
    controlCloseClientCases.map(({ row }) => row),
    cellsOf(kinds).map(rowOf),
  );
  assert.equal(cell('J-RST-D-1-C').id, 'rfc959/3.2-4/j-rst-download-1-control');
});

for (const security of ['explicit', 'plain'] as const) {
  describe(`our own server, ${security}`, () => {
    // In clear the middle of the matrix is enough, and what cannot be made on TLS: what is asked for at the edges is the same.
    const isAsked = ({ row }: ServerCase) => security === 'explicit' || /^J-FIN|-1-/.test(row);
    const cases = controlCloseCases.filter((record) => isAsked(record));
    const made = serverCells.filter((cell) => isMade('server', cell, security)).map(rowOf);
    for (const record of cases) if (made.includes(record.row)) declare(record, 'PASS', undefined);
    if (isDeclaring) return;
    let reports: readonly CaseReport[] = [];
    before(async () => {
      const server = await startServer(security === 'plain' ? { tls: 'off' } : {});
      const { host, port } = server;
      const report = await runServerLab({
        target: { host, port, security, user: 'user', password: 'pass' },
        targetText: 'our own server',
        cases,
        seed: 11,
        parallel: 4,
        tool: 'test',
      });
      await server[Symbol.asyncDispose]();
      reports = report.cases;
    });
    after(() => (reports = []));

    test('does in every cell what is asked for', () => {
      const fine: readonly Verdict[] = ['PASS', 'INFO', 'SKIP'];
      const others = reports.filter(({ verdict }) => !fine.includes(verdict));
      assert.deepEqual(
        others.map(({ row, verdict, says, facts }) => `${verdict} ${row} ${says} ${facts}`),
        [],
      );
    });

    test('is judged in every cell that can be made', () => {
      assert.deepEqual(
        reports.filter(({ verdict }) => verdict !== 'SKIP').map(({ row }) => row),
        cases.map(({ row }) => row).filter((row) => made.includes(row)),
      );
    });
  });
}

test('a data line whose TLS was held back resumes, where the server wants that', async () => {
  assertJudged(await judgeOurs(cell('J-HOLE-L-1-C'), { sessionReuse: 'require' }), 'PASS', 'done');
});

/** Gives a part, ends it in order as if it were the whole, and goes on. */
const givesPart: Script = async (session) => {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(Buffer.alloc(700_000));
  line.closeNotifyThenFin();
  await session.reply('226 Done').catch(() => undefined);
};

/** Takes the upload and forgets it. */
const forgets: Script = async (session) => {
  await session.reply('150 Send it');
  const line = await session.acceptData();
  await line.readToEnd();
  await session.endData(line);
  await session.reply('226 Done');
};

/** Says a preliminary reply where the end of the transfer is to be told, and goes on. */
const neverEnds: Script = async (session) => {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(Buffer.alloc(700_000)).catch(() => undefined);
  await line.ended;
  await session.reply('150 Done');
};

/** Says 226 while its data move. */
const hasty: Script = async (session) => {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(Buffer.alloc(400_000));
  await session.reply('226 Done');
};

// The scripted server does not look at the control line while data move, and takes every end of an upload for its end.
judgesEach('Servers that do not watch a line', [
  ...['J-RST-D-1-C', 'J-CN-D-0-C', 'J-TRUNC-D-1-C', 'J-RST-U-1-C', 'J-CN-U-1-C', 'J-TRUNC-U-0-C'].map(
    (row) => [cell(row), scripted('FAIL', 'ran-on')] as const,
  ),
  ...['J-RST-L-1-C', 'J-CN-L-0-C'].map((row) => [cell(row), scripted('NON-STRICT', 'held-in-handshake')] as const),
  [cell('J-CN-D-1-C'), scripted('UNCLEAN', 'looks-complete', { RETR: givesPart })],
  [cell('J-RST-U-2-C'), scripted('NON-STRICT', 'lost', { STOR: forgets })],
  [cell('J-CN-U-3-C'), scripted('FAIL', 'lost', { STOR: forgets })],
  [cell('J-HOLE-D-1-C'), scripted('PASS', 'done'), scripted('NON-STRICT', 'cut', { RETR: givesPart })],
  [cell('J-HOLE-U-1-C'), scripted('PASS', 'done'), scripted('NON-STRICT', 'cut', { STOR: forgets })],
  [cell('J-RST-U-1-T'), scripted('FAIL', 'confirmed')],
  [cell('J-TRUNC-U-1-T'), scripted('NON-STRICT', 'confirmed')],
  [cell('J-CN-U-1-T'), scripted('PASS', 'confirmed')],
  [cell('J-RST-D-1-T'), scripted('FAIL', 'unusable')],
  [cell('J-RST-D-1-T'), scripted('FAIL', 'silent', { RETR: neverEnds })],
  [cell('J-HOLE-D-1-T'), scripted('PASS', 'patient'), scripted('FAIL', 'confirmed', { RETR: hasty })],
  [cell('J-HOLE-U-0-T'), scripted('FAIL', 'confirmed', { STOR: '150 Send it\n226 Done' })],
]);

const judgedOnClients = [
  ...['J-RST-D-1-C', 'J-421-D-1-C', 'J-CN-U-2-C', 'J-CN-D-3-C', 'J-FIN-D-1-C'],
  ...['J-RST-D-1-T', 'J-TRUNC-U-1-T', 'J-CN-L-1-T', 'J-HOLE-D-1-T'],
];
const clientCells = controlCloseClientCases.filter(({ row }) => judgedOnClients.includes(row));

describe('clients', () => {
  test('ours as a program of its own resumes or verifies', async () => {
    const rows = ['J-RST-D-1-C', 'J-CN-U-2-C', 'J-FIN-D-1-C'];
    const cells = controlCloseClientCases.filter(({ row }) => rows.includes(row));
    const reports = [...(await judgeClient(ourClient, cells)).values()];
    const fine: readonly Verdict[] = ['PASS', 'INFO', 'SKIP'];
    assert.deepEqual(
      reports
        .filter(({ verdict }) => !fine.includes(verdict))
        .map(({ row, verdict, says, facts }) => `${verdict} ${row} ${says} ${facts}`),
      [],
    );
    const outcomes = new Map(reports.map(({ row, outcome }) => [row, outcome]));
    assert.equal(outcomes.get('J-RST-D-1-C'), 'recovered');
    assert.equal(outcomes.get('J-CN-U-2-C'), 'verified');
    assert.equal(outcomes.get('J-FIN-D-1-C'), undefined, 'a cell that makes no sense on TLS is skipped');
  });

  test('a believer is caught with a part that it takes for the whole', async () => {
    const reports = await judgeClient(clientOfHabit('believer'), clientCells);
    const outcomes = [...reports.values()].map(({ row, verdict, outcome }) => `${row} ${verdict} ${outcome}`);
    for (const expected of [
      'J-RST-D-1-C NON-STRICT went-on',
      'J-421-D-1-C NON-STRICT whole',
      'J-RST-D-1-T FAIL accepted-part',
      'J-TRUNC-U-1-T FAIL accepted-part',
      'J-CN-L-1-T FAIL accepted-part',
    ]) {
      assert.ok(outcomes.includes(expected), `${expected}: ${outcomes.join(', ')}`);
    }
  });
});
