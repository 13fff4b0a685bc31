/** Runs a proxy from its start to Ctrl-C. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinlineError } from '../../errors/index.ts';
import { FaultProxy, ProxyApi, type ProxyEvent, type RecordingHeader } from '../../lab/index.ts';
import { text } from '../client-options/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { fileProblem } from '../file-problem.ts';
import type { Output } from '../output.ts';
import { formatHostPort, type HostPort } from '../serve/listen-address.ts';
import { StopSignals } from '../serve/stop-signals.ts';
import { openAuthority, proxyFolder } from './authority-file.ts';
import { drawRecording } from './draw-recording.ts';
import { eventLine, isLoud } from './event-line.ts';
import { firstLines } from './first-lines.ts';
import { type ProxyCall, readProxyCall } from './read-proxy-call.ts';
import { RecordingFile } from './recording-file.ts';

const listenProblem = (place: HostPort, option: string, cause: unknown): TwinlineError =>
  new TwinlineError(
    'ERR_TWINLINE_LISTEN',
    `${formatHostPort(place)} cannot be listened on: ${fileProblem(cause)}. ${option} takes another place.`,
    { cause },
  );

/** Resolves with the exit code behind Ctrl-C. */
export async function runProxy(word: string, options: OptionValues, output: Output): Promise<number> {
  const call = await readProxyCall(word, options, output);
  const authority = call.isBlind ? undefined : await openAuthority(text(options, 'dataDir') ?? proxyFolder());
  const say = (line: string): void => void output.stderr.write(`${line}\n`);
  const report = text(options, 'report');
  const scratch =
    report === undefined || text(options, 'record') !== undefined
      ? undefined
      : await mkdtemp(join(tmpdir(), 'twinline-proxy-'));
  const recordPath = text(options, 'record') ?? (scratch && join(scratch, 'recording.jsonl'));
  const signals = new StopSignals((exitCode) => process.exit(exitCode));
  try {
    const print = printer(options, output);
    // Made when the ports are had, so that a second start by mistake does not empty the file of the first.
    let recording: RecordingFile | undefined;
    const early: ProxyEvent[] = [];
    const proxy = await start(call, authority, (event) => {
      if (recording !== undefined) recording.take(event);
      else if (recordPath !== undefined) early.push(event);
      print(event);
    });
    try {
      if (recordPath !== undefined) {
        recording = await RecordingFile.open(recordPath);
        recording.take(headerOf(call, proxy.address));
        for (const event of early.splice(0)) recording.take(event);
      }
      await using api = await startApi(call, proxy);
      const facts = {
        ...call,
        listen: proxy.address,
        server: { host: call.host, port: call.port },
        authority,
        api: api?.facts,
      };
      if (options['json'] === true)
        output.stdout.write(
          `${JSON.stringify({ kind: 'ready', listen: proxy.address, seed: call.seed, caFile: authority?.file, fingerprint256: authority?.fingerprint256, api: api?.facts })}\n`,
        );
      else output.stdout.write(`${firstLines(facts)}\n`);
      await signals.first;
      for (const line of lastLines(proxy)) say(line);
    } finally {
      await proxy.close();
      const problem = await recording?.close();
      if (problem !== undefined) say(`twinline: Warning: ${problem}`);
    }
    if (report !== undefined && recordPath !== undefined) {
      await drawRecording(recordPath, report);
      say(`The report is in ${report}.`);
    }
    return exitCodes.ok;
  } finally {
    signals.dispose();
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

/** What the end of the proxy does, and which faults never came: a rule that waits in vain looks like a line that is well. */
function lastLines({ sessions, faults }: FaultProxy): readonly string[] {
  const open = sessions.length === 0 ? '.' : ': open lines are reset.';
  const waiting = faults.filter(({ happened }) => happened === 0);
  return [`The proxy ends${open}`, ...waiting.map(({ id, fault }) => `Fault ${id} has not happened: ${fault}`)];
}

async function start(
  { api: _api, ...call }: ProxyCall,
  authority: Awaited<ReturnType<typeof openAuthority>> | undefined,
  onEvent: (event: ProxyEvent) => void,
): Promise<FaultProxy> {
  try {
    return await FaultProxy.start({ ...call, onEvent, ...(authority === undefined ? {} : { authority }) });
  } catch (error) {
    if (error instanceof TwinlineError) throw error;
    throw listenProblem({ host: call.listenHost, port: call.listenPort }, '--listen HOST:PORT', error);
  }
}

async function startApi({ api: place }: ProxyCall, proxy: FaultProxy) {
  if (place === undefined) return undefined;
  const token = randomBytes(24).toString('base64url');
  try {
    const api = await ProxyApi.start(proxy, { ...place, token });
    const facts = { place: { host: place.host, port: api.port }, token };
    return { facts, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
  } catch (error) {
    throw listenProblem(place, '--api HOST:PORT', error);
  }
}

function headerOf(call: ProxyCall, listen: HostPort): RecordingHeader {
  return {
    recording: 1,
    startedAt: new Date().toISOString(),
    listen: formatHostPort(listen),
    server: formatHostPort(call),
    blind: call.isBlind,
    seed: call.seed,
    faults: call.faults.map(({ text: rule }) => rule),
  };
}

function printer(options: OptionValues, { stdout }: Output): (event: ProxyEvent) => void {
  const isQuiet = options['quiet'] === true;
  const isJson = options['json'] === true;
  return (event) => {
    if (isQuiet && !isLoud(event)) return;
    stdout.write(isJson ? `${JSON.stringify(event)}\n` : `${eventLine(event)}\n`);
  };
}
