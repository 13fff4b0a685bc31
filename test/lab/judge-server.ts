/** Runs one server case against a peer that keeps the rule and against one that breaks it: no case may be unable to fail. */

import assert from 'node:assert/strict';
import {
  type CaseReport,
  type LabTimeouts,
  runServerLab,
  type ServerCase,
  type ServerTarget,
  type Verdict,
} from '../../src/lab/index.ts';
import { type ScriptedServerOptions, startScriptedServer } from '../../src/testing/index.ts';
import { startServer, type TestServerOptions } from '../fixtures/start-server.ts';

/** How the target is spoken to. Default `explicit`. */
export type Security = ServerTarget['security'];

interface Peer {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
}

export interface JudgeOptions {
  readonly security?: Security;
  readonly target?: Partial<ServerTarget>;
  readonly timeouts?: Partial<LabTimeouts>;
}

async function judge(record: ServerCase, peer: Peer, { target, timeouts }: JudgeOptions): Promise<CaseReport> {
  const report = await runServerLab({
    target: { ...peer, user: 'user', password: 'pass', ...target },
    targetText: 'the peer of a test',
    cases: [record],
    seed: 7,
    parallel: 1,
    intrusive: true,
    tool: 'test',
    timeouts: { replyMs: 3_000, promptMs: 1_000, ...timeouts },
  });
  assert.deepEqual(report.sanity.before, { ...report.sanity.before, ok: true }, report.sanity.before.says);
  const [found] = report.cases;
  assert.ok(found !== undefined);
  return found;
}

/** What the case says of our own server. */
export async function judgeOurs(
  record: ServerCase,
  options: TestServerOptions & JudgeOptions = {},
): Promise<CaseReport> {
  const { security = 'explicit', target = {}, timeouts = {}, ...serverOptions } = options;
  const server = await startServer(serverOptions);
  try {
    const port = security === 'implicit' ? server.implicitPort : server.port;
    return await judge(record, { host: server.host, port, security }, { target, timeouts });
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** What the case says of a scripted server; `options.commands` break or keep the rule. */
export async function judgeScripted(
  record: ServerCase,
  options: ScriptedServerOptions & JudgeOptions = {},
): Promise<CaseReport> {
  const { security = 'explicit', target = {}, timeouts = {}, ...serverOptions } = options;
  const server = await startScriptedServer({ implicitTls: security === 'implicit', ...serverOptions });
  try {
    return await judge(record, { host: server.host, port: server.port, security }, { target, timeouts });
  } finally {
    await server.stop().catch(() => undefined);
  }
}

/** Fails with what was seen where verdict or outcome are others. */
export function assertJudged(report: CaseReport, verdict: Verdict, outcome?: string): void {
  const seen = `${report.says} (${report.outcome ?? 'no outcome'}; ${report.facts ?? 'no facts'})`;
  assert.equal(report.verdict, verdict, seen);
  if (outcome !== undefined) assert.equal(report.outcome, outcome, seen);
}
