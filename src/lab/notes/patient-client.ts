/** The lab's own client for servers that the user names: it keeps its data line whatever happens, so that the choice is the server's. */

import { LineEndedError, within } from '../../peer/index.ts';
import { EventLog } from '../engine/event-log.ts';
import { classOf } from '../engine/reply.ts';
import type { DataLine } from '../server-lab/data-line.ts';
import { LabSession } from '../server-lab/lab-session.ts';
import { defaultTimeouts } from '../server-lab/server-target.ts';
import type { ClientJob, ClientOutcome, NoteClient } from './note-ends.ts';

/** Bytes given to the line at once. */
const chunkBytes = 64 * 1024;

/** Asks nothing of the environment and shares no code with our client. */
export const patientClient: NoteClient = {
  name: 'the patient client of the lab',
  takesProxy: true,
  isPatient: true,
  run: runPatiently,
};

async function runPatiently(job: ClientJob): Promise<ClientOutcome> {
  const log = new SpokenLog(job);
  let session: LabSession | undefined;
  const stop = (): void => session?.destroy();
  try {
    const target = { ...job.target, ...job.relay };
    session = await LabSession.connect(1, target, defaultTimeouts, log);
    job.signal.addEventListener('abort', stop);
    if (job.signal.aborted) stop();
    await session.greeted();
    await session.secure();
    await session.logIn();
    await session.protect();
    await session.need(200, 'TYPE I');
    const line = await session.connectData(await job.forward(await session.passivePort()));
    const says = await transfer(session, line, job);
    return { ...says, endedByItself: !job.signal.aborted };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { claimsSuccess: false, endedByItself: !job.signal.aborted, says };
  } finally {
    job.signal.removeEventListener('abort', stop);
    session?.destroy();
  }
}

async function transfer(
  session: LabSession,
  line: DataLine,
  job: ClientJob,
): Promise<{ readonly claimsSuccess: boolean; readonly says: string }> {
  const verb = job.direction === 'download' ? 'RETR' : 'STOR';
  const begun = await session.command(`${verb} ${job.remote}`);
  if (classOf(begun) !== 1) return { claimsSuccess: false, says: `${verb} is answered ${begun.text}` };
  await line.secured;
  const moved = job.direction === 'download' ? await take(line, job) : await give(line, job);
  const reply = await session.replyOrNothing(500);
  // A session that has lost its data line alone goes on.
  if (reply !== undefined && classOf(reply) !== 2) await session.command('NOOP').catch(() => undefined);
  const word = reply === undefined ? 'and no final reply came' : `and the final reply is ${reply.text}`;
  return { claimsSuccess: reply !== undefined && classOf(reply) === 2, says: `${moved} ${word}` };
}

async function take(line: DataLine, { signal, say }: ClientJob): Promise<string> {
  line.discard();
  await within(Promise.race([line.ended, line.closeNotified(), aborted(signal)]), 'the end of the data', 60_000);
  say(`* the data line has ended (${line.ending.how}) after ${line.receivedBytes} bytes`);
  if (line.tls === undefined) line.fin();
  else line.closeNotifyThenFin();
  return `${line.receivedBytes} bytes came,`;
}

async function give(line: DataLine, { bytes, signal, say }: ClientJob): Promise<string> {
  let given = 0;
  try {
    for (; given < bytes.length && !signal.aborted; given += chunkBytes) {
      await line.write(bytes.subarray(given, given + chunkBytes));
    }
    if (line.tls === undefined) line.fin();
    else line.closeNotifyThenFin();
    await within(Promise.race([line.ended, aborted(signal)]), 'the end of the line', 60_000);
  } catch (error) {
    if (!(error instanceof LineEndedError) && !(error instanceof Error && 'code' in error)) throw error;
  }
  const sent = Math.min(given, bytes.length);
  say(`* the data line has ended (${line.ending.how}); ${sent} bytes were handed to it`);
  return `${sent} bytes were sent,`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}

/** Tells what passes on the control line as a dialogue, while it passes. */
class SpokenLog extends EventLog {
  readonly #job: ClientJob;

  constructor(job: ClientJob) {
    super([job.target.password]);
    this.#job = job;
  }

  override add(event: Parameters<EventLog['add']>[0]): void {
    super.add(event);
    const told = this.events.at(-1);
    if (told === undefined || !('text' in told)) {
      if (event.kind === 'ended') this.#job.say(`* the ${event.line ?? ''} line has ended (${event.how})`);
      return;
    }
    const mark = event.kind === 'text' ? (event.by === 'lab' ? '>' : '<') : '*';
    const about =
      event.kind === 'connected'
        ? `${event.line ?? ''}: connected to `
        : event.kind === 'tls'
          ? `${event.line ?? ''}: `
          : '';
    for (const line of told.text.split('\n')) this.#job.say(`${mark} ${about}${line}`);
  }
}
