/** The experiment of the second note itself: a client downloads a file, and how it opens its data line is watched. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupFailed } from '../engine/case-errors.ts';
import { type ClientOutcome } from './note-ends.ts';
import { LogGate, sessionBegins } from './log-gate.ts';
import { NoteLog } from './note-log.ts';
import { type Between, packetSentences } from './between.ts';
import { NoteRelay } from './note-relay.ts';
import type { NotePart, NoteVerdict } from './note-report.ts';
import { NoteFailed, type NoteOptions } from './note-run.ts';
import { relativePath, type ServerAccess } from './note-server-access.ts';
import { WireLog } from './wire-log.ts';

const fileBytes = 256 * 1024;
/** The whole session, in milliseconds. */
const sessionMs = 15_000;
const lastWordsMs = 200;

export async function downloadOverEpsv(options: NoteOptions, access: ServerAccess): Promise<Omit<NotePart, 'clauses'>> {
  const { server, client, signal } = options;
  const { remote, bytes } = await prepare(access);
  const log = new NoteLog([server.target.password]);
  const local = join(options.folder, 'download.bin');
  const relay = await startRelay(options, access, log);
  const gate = new LogGate(sessionBegins, (line) => log.add('server', line));
  const stopLog = server.onLog?.((line) => gate.take(line));
  const stop = AbortSignal.any([AbortSignal.timeout(sessionMs), ...(signal === undefined ? [] : [signal])]);
  try {
    const outcome = await client.run({
      direction: 'download',
      target: server.target,
      relay: relay.address,
      proxyUrl: relay.proxyUrl,
      forward: (port) => relay.forward(port),
      remote,
      local,
      bytes,
      caFile: server.caFile,
      ...(options.keylogFile === undefined ? {} : { keylogFile: options.keylogFile }),
      say: (text) => log.add('client', text),
      signal: stop,
    });
    signal?.throwIfAborted();
    await sleep(lastWordsMs);
    const packets = packetSentences(relay, log);
    const isHere = await readFile(local).then(
      (found) => found.equals(bytes),
      () => client.isPatient === true,
    );
    return {
      title: 'The client downloads a file',
      story: [`The client downloads ${bytes.length} bytes; nothing is broken.`],
      timeline: log.ordered(),
      droppedEntries: log.dropped,
      lines: [],
      ...(packets.length === 0 ? {} : { packets }),
      questions: [],
      left: [],
      verdicts: verdictsOf(outcome, isHere, log),
    };
  } finally {
    stopLog?.();
    await relay.close();
  }
}

async function prepare(access: ServerAccess): Promise<{ readonly remote: string; readonly bytes: Buffer }> {
  try {
    const scratch = await access.scratch();
    const { path, bytes } = await scratch.file(fileBytes);
    return { remote: relativePath(scratch, path), bytes };
  } catch (error) {
    if (error instanceof SetupFailed) throw new NoteFailed(error.message, { cause: error });
    throw error;
  }
}

async function startRelay({ server, between }: NoteOptions, access: ServerAccess, log: NoteLog): Promise<Between> {
  const { host, port, security } = server.target;
  const wire =
    server.onLog === undefined
      ? new WireLog(1, '127.0.0.1', security === 'implicit', (line) => log.add('server', line))
      : undefined;
  return (between ?? NoteRelay).start({
    host,
    port,
    bytesPerSecond: Infinity,
    connectMs: access.timeouts.connectMs,
    opened: (line) => {
      if (line.kind === 'data') log.add('lab', `the data line is open, to ${host}: the address of the control line`);
    },
    passed: (line, from, bytes) => {
      if (line.kind === 'control') wire?.take(from, bytes);
    },
    left: () => undefined,
  });
}

function verdictsOf(outcome: ClientOutcome, isHere: boolean, log: NoteLog): NoteVerdict[] {
  const said = log.entries.filter(({ column }) => column === 'client').map(({ text }) => text);
  const asks = said.some((text) => /^> EPSV\b/.test(text));
  const entered = said.find((text) => /^< 229[ -]/.test(text));
  const clause = 'RFC 2428 section 4';
  const works = outcome.claimsSuccess && isHere;
  const server: NoteVerdict =
    entered === undefined
      ? {
          end: 'server',
          verdict: 'INFO',
          says: 'no 229 was seen in the dialogue of the client',
          clause: 'RFC 2428 section 3',
        }
      : { end: 'server', verdict: 'PASS', says: `it answers ${entered.slice(2)}`, clause: 'RFC 2428 section 3' };
  if (!works) return [server, { end: 'client', verdict: 'FAIL', says: `the download fails: ${outcome.says}`, clause }];
  const says = asks ? 'it asks by EPSV, and the file is whole' : 'the file is whole, and no EPSV was seen';
  return [server, { end: 'client', verdict: asks ? 'PASS' : 'INFO', says, clause }];
}
