/** Runs transfers over lines that break, several at a time, and sums up what came of them. */

import { createTempFolder } from '../../src/testing/index.ts';
import type { FaultRelay } from '../fixtures/fault-relay.ts';
import { FaultyFile } from './faulty-file.ts';
import { FaultyMirror } from './faulty-mirror.ts';
import type { FaultyWork } from './faulty-work.ts';
import { Tally } from './tally.ts';
import { transferPlanOf, type Verb, verbs } from './transfer-plan.ts';
import { startSite } from './transfer-site.ts';

export interface FaultyTransferOptions {
  readonly seed: number;
  /** `twinline` or the name of a peer. */
  readonly server?: string;
  readonly workers?: number;
  readonly verbs?: readonly Verb[];
  /** Does only this one, to see it again. */
  readonly only?: number;
  readonly say?: (text: string) => void;
}

export interface FaultyTransferReport {
  readonly transfers: number;
  readonly durationMs: number;
  /** Transfers by verb and exit code. */
  readonly exits: Readonly<Record<string, number>>;
  /** Lines that were broken, by channel and kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Files that were reported as whole and were not. */
  readonly silentCorruptions: number;
  /** One for each thing that is not as it should be. */
  readonly complaints: readonly string[];
}

/** Runs `count` transfers, several at a time, and judges each of them. */
export async function runFaultyTransfers(count: number, options: FaultyTransferOptions): Promise<FaultyTransferReport> {
  const { server = 'twinline', workers = 8, only } = options;
  const startedMs = performance.now();
  const report = { exits: new Tally(), faults: new Tally(), silentCorruptions: 0, complaints: [] as string[] };
  const site = await startSite(server, workers);
  await using folder = await createTempFolder('twinline-faulty-');
  const leaveHome = useHome(folder.path);
  try {
    const indexes = only === undefined ? Array.from({ length: count }, (_, index) => index) : [only];
    const work = async (relay: FaultRelay): Promise<void> => {
      for (let index = indexes.shift(); index !== undefined; index = indexes.shift()) {
        const plan = transferPlanOf(options.seed, index, {
          verbs: options.verbs ?? verbs,
          protections: site.protections,
        });
        const setting = { site, relay, folder: folder.path, index, seed: options.seed, plan };
        const isMirror = plan.verb === 'mirror down' || plan.verb === 'mirror up';
        const transfer: FaultyWork = isMirror ? new FaultyMirror(setting) : new FaultyFile(setting);
        await transfer.run();
        report.exits.add(`${transfer.plan.verb} ${transfer.exitCode}`);
        for (const fault of transfer.fired) report.faults.add(fault.split(' ').slice(0, 2).join(' '));
        if (transfer.isSilentlyCorrupt) report.silentCorruptions += 1;
        report.complaints.push(...transfer.complaints);
        options.say?.(transfer.summary);
      }
    };
    await Promise.all(site.relays.map(work));
    await site.check();
  } finally {
    leaveHome();
    await site[Symbol.asyncDispose]();
  }
  const { exits, faults, silentCorruptions, complaints } = report;
  const durationMs = performance.now() - startedMs;
  return { transfers: count, durationMs, exits: exits.counts, faults: faults.counts, silentCorruptions, complaints };
}

/** Lets the commands keep journals and what they learn in a folder of the run; the result takes that back. */
function useHome(folder: string): () => void {
  const names = ['XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME'] as const;
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = `${folder}/${name}`;
  return () => {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
