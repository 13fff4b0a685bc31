/** What is known of other servers by other means: a lab that says something else of them would be wrong. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type CaseReport, runServerLab, selectCases, serverCases } from '../../src/lab/index.ts';
import { ftpSrv, type Peer, type PeerKind, peerKinds } from '../fixtures/peers/index.ts';

/** Runs the cases of these rows against the peer. */
async function judged(
  peer: Peer,
  rows: readonly string[],
  protection: 'TLS' | 'clear',
): Promise<Map<string, CaseReport>> {
  const security = protection === 'clear' ? 'plain' : peer.name === 'ftp-srv' ? 'implicit' : 'explicit';
  const report = await runServerLab({
    target: { host: peer.host, port: peer.controlPort, security, user: peer.user, password: peer.password },
    targetText: peer.name,
    cases: selectCases(serverCases, { only: rows }),
    seed: 1,
    parallel: 2,
    tool: 'test',
  });
  assert.ok(report.sanity.before.ok, report.sanity.before.says);
  return new Map(report.cases.map((one) => [one.row, one]));
}

const lost = { download: 'J-CN-D-1-C', upload: 'J-CN-U-1-C' };
const epsvRows = ['E04', 'E08', 'E09a', 'E09c'];
const authRow = 'B11';

function kindOf(name: string): PeerKind {
  const found = [...peerKinds, ftpSrv].find((kind) => kind.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

/** What the reports of a peer must say, by row. */
type Truth = (found: ReadonlyMap<string, CaseReport>) => void;

function outcomeOf(found: ReadonlyMap<string, CaseReport>, row: string): string | undefined {
  const report = found.get(row);
  return report?.outcome ?? report?.says;
}

function bytesUnderTheName(report: CaseReport | undefined): number {
  return Number(/under the final name (\d+) bytes/.exec(report?.facts ?? '')?.[1] ?? NaN);
}

const stops: Truth = (found) => {
  // What the kernels of both ends hold still arrives; the file is three times as long, and the line is closed in order.
  const [line] = found.get(lost.download)?.lines ?? [];
  assert.equal(line?.ending, 'close-notify');
  assert.ok((line.bytesAfterFault ?? Infinity) < 12 * 1024 * 1024, `${line.bytesAfterFault} bytes behind the fault`);
  assert.equal(outcomeOf(found, lost.download), 'looks-complete');
  assert.equal(outcomeOf(found, lost.upload), 'stopped');
};

const keepsThePart: Truth = (found) => {
  const bytes = bytesUnderTheName(found.get(lost.upload));
  assert.ok(bytes >= 0 && bytes < 4 * 1024 * 1024, found.get(lost.upload)?.facts);
};

const goesOn: Truth = (found) => {
  assert.equal(outcomeOf(found, lost.download), 'ran-on');
  assert.equal(outcomeOf(found, lost.upload), 'ran-on');
  assert.equal(bytesUnderTheName(found.get(lost.upload)), 4 * 1024 * 1024);
};

const says =
  (row: string, expected: string): Truth =>
  (found) =>
    assert.equal(outcomeOf(found, row), expected, JSON.stringify(found.get(row)?.facts));

interface Known {
  readonly name: string;
  readonly truths: Readonly<Record<string, Truth>>;
}

const known: readonly Known[] = [
  {
    name: 'vsftpd',
    truths: {
      'goes on for the whole file when the control line is closed in a TLS transfer': goesOn,
      'answers EPRT behind EPSV ALL': says('E09c', 'accepted'),
    },
  },
  {
    name: 'proftpd',
    truths: {
      'stops when the control line is closed in a TLS transfer, and ends a download by close_notify': stops,
      'keeps the part of an upload under its final name': keepsThePart,
    },
  },
  {
    name: 'pure-ftpd',
    truths: {
      'stops when the control line is closed in a TLS transfer, and ends a download by close_notify': stops,
      'keeps the part of an upload under its final name': keepsThePart,
      'answers PASV behind EPSV ALL': says('E09a', 'accepted'),
    },
  },
  {
    name: 'pyftpdlib',
    truths: {
      'stops when the control line is closed in a TLS transfer, and ends a download by close_notify': stops,
      'keeps the part of an upload under its final name': keepsThePart,
      'runs commands that came in clear behind AUTH': says(authRow, 'executed'),
    },
  },
  {
    name: 'ftp-srv',
    truths: {
      'stops when the control line is closed in a TLS transfer, and ends a download by close_notify': stops,
      'keeps the part of an upload under its final name': keepsThePart,
      'answers 229 to EPSV ALL and to EPSV 2': (found) => {
        for (const row of ['E08', 'E04']) assert.match(found.get(row)?.facts ?? '', /^229 /);
      },
    },
  },
];

for (const { name, truths } of known) {
  const kind = kindOf(name);
  describe(name, { skip: kind.peerMissing() ?? false }, () => {
    let peer: Peer;
    let found: ReadonlyMap<string, CaseReport> = new Map();
    before(async () => {
      peer = await kind.start({ tlsRequired: false });
      const rows = [lost.download, lost.upload, ...epsvRows, authRow];
      found = await judged(peer, rows, 'TLS');
    });
    after(() => peer.stop());

    for (const [truth, holds] of Object.entries(truths)) test(truth, () => holds(found));

    if (name === 'proftpd') {
      test('goes on to the end of a plain download', async () => {
        const plain = await judged(peer, ['J-FIN-D-1-C'], 'clear');
        assert.equal(outcomeOf(plain, 'J-FIN-D-1-C'), 'ran-on');
      });
    }

    if (name === 'ftp-srv') {
      test('keeps a descriptor for each transfer that was lost', { skip: process.platform !== 'linux' }, async () => {
        const descriptors = (): number => readdirSync(`/proc/${peer.pid}/fd`).length;
        const held = descriptors();
        for (let lostOnes = 0; lostOnes < 3; lostOnes++) await judged(peer, [lost.download], 'TLS');
        assert.ok(descriptors() >= held + 3, `${held}, then ${descriptors()}`);
      });
    }
  });
}
