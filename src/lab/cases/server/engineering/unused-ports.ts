/** N08: data ports that nobody connects to. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { canLogIn, isPortClosed } from '../../../server-lab/aftermath.ts';
import { SetupFailed } from '../../../engine/case-errors.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';

/** Data ports that are asked for, as the catalogue has it. */
const wanted = 1_000;
/** Of them, those that are knocked at in the end. */
const knocks = 40;

/** The ports that the server names, until it refuses. */
async function askForPorts(session: LabSession): Promise<{ ports: number[]; refusal: string | undefined }> {
  const ports: number[] = [];
  try {
    while (ports.length < wanted) ports.push(await session.passivePort());
    return { ports, refusal: undefined };
  } catch (error) {
    if (error instanceof SetupFailed) return { ports, refusal: error.message };
    throw error;
  }
}

export const unusedPorts = defineServerCase({
  id: 'engineering/resources/unused-ports',
  row: 'N08',
  area: 'security',
  level: 'engineering',
  clause: 'engineering',
  requirement: `${wanted} data ports that nobody connects to are freed one after the other, and the session goes on.`,
  outcomes: {
    freed: { grade: 'pass', says: 'each data port is closed when the next one is opened, and a transfer works' },
    bounded: { grade: 'pass', says: 'the server stops to open data ports, and frees those that it has opened' },
    kept: { grade: 'broken', says: 'data ports stay open when the next one is opened' },
    'no-transfer': { grade: 'fail', says: 'behind unused data ports no transfer is to be had' },
    'no-login': { grade: 'fail', says: 'behind unused data ports no session can log in' },
  },
  advice: 'Close the data port that is open when another one is asked for.',
  intrusive: true,
  alone: true,
  deadlineMs: 60_000,
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const { ports, refusal } = await askForPorts(session);
    const older = [...new Set(ports.slice(0, -1))].filter((port) => port !== ports.at(-1));
    const knocked = await Promise.all(older.slice(-knocks).map((port) => isPortClosed(lab, port)));
    const open = knocked.filter(({ ok }) => !ok).length;
    const probes = [await canLogIn(lab)];
    const seen = {
      facts: `${ports.length} ports; ${open} of ${knocked.length} still open; ${refusal ?? 'none refused'}`,
      probes,
    };
    if (probes.some(({ ok }) => !ok)) return { outcome: 'no-login', ...seen };
    if (open > 1) return { outcome: 'kept', ...seen };
    if (refusal !== undefined) return { outcome: 'bounded', ...seen };
    const done = await transferDown(session, file.path).catch(() => undefined);
    return { outcome: done !== undefined && classOf(done.reply) === 2 ? 'freed' : 'no-transfer', ...seen };
  },
});
