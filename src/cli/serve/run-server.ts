/** Runs one server from its start to the end of its drain. */

import { createServer, type ListeningAddress, type ServerEvent } from '../../server/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { logFormats } from '../log-formats/index.ts';
import type { Output } from '../output.ts';
import { EventLog } from './event-log.ts';
import { firstScreen } from './first-screen.ts';
import { formatHostPort } from './listen-address.ts';
import { explainListenProblem } from './listen-problem.ts';
import { type LoadedSettings, loadSettings } from './load-settings.ts';
import { Observers } from './observers.ts';
import { openLogStream } from './log-stream.ts';
import { closeStorages, type Foundations, prepareFoundations } from './prepare.ts';
import { Reloads } from './reload.ts';
import type { RunningServer } from './running-server.ts';
import { RunningTransfers } from './running-transfers.ts';
import { serverOptions } from './server-options.ts';
import { type Groundwork, layGroundwork } from './service/groundwork.ts';
import { ServiceManager } from './service/service-manager.ts';
import type { ServeSettings } from './settings.ts';
import { StopSignals } from './stop-signals.ts';
import { tellSessions } from '../told-sessions/tell-sessions.ts';
import { TlsReload } from './tls-reload.ts';
import type { ServerWithWorkers } from './workers/serve-with-workers.ts';
import { boundYoungGeneration } from './young-generation.ts';

/** Resolves with the exit code after a signal has ended the server. */
export async function runServer(options: OptionValues, output: Output): Promise<number> {
  const loaded = await loadSettings(options);
  const { settings } = loaded;
  const say = (text: string): void => void output.stderr.write(`${text}\n`);
  const manager = new ServiceManager();
  const { inherited, bound, givenTls, warnings } = await layGroundwork(settings);
  const foundations = await prepareFoundations(settings, givenTls).catch(async (error: unknown) => {
    // Open ports would keep the program alive, and clients waiting for nobody.
    await Promise.all(bound.map((listener) => listener.close()));
    throw error;
  });
  const signals = new StopSignals((exitCode) => process.exit(exitCode));
  const log = await openLog(settings, say);
  process.once('exit', () => log.writeRest());
  const running = new RunningTransfers();
  const observers = new Observers(say);
  const emit = (event: ServerEvent): void => {
    running.take(event);
    observers.take(event);
    if (settings.sinks.logFile === undefined) log.take(event);
  };
  const { users, bans } = foundations;
  const server = await makeServer(loaded, foundations, { inherited, bound, onEvent: emit });
  const tlsReload = new TlsReload({ settings, server, take: emit });
  const reloads = new Reloads({
    options,
    loaded,
    users,
    inherited,
    server,
    emit,
    onReload: async (now, given, tls) => {
      tlsReload.follow(now);
      if ('followReload' in server) await server.followReload(given, tls);
    },
  });
  const leaveYoungGeneration = boundYoungGeneration();
  let isLogTaken = true;
  try {
    await observers.open(settings, server, () => logFormats[settings.logFormat]({ colour: false }));
    const addresses = await start(server, settings, signals);
    if (addresses === undefined) return exitCodes.ok;
    tellSessions('twinline serve');
    const all = [manager.problem ?? [], warnings, foundations.warnings].flat();
    const screen =
      settings.logFormat === 'json' ? [] : [firstScreen(screenFacts(settings, foundations, addresses, output))];
    // One write: whoever reads the first screen has all of it.
    if (all.length + screen.length > 0) say([...all.map((text) => `twinline: Warning: ${text}`), ...screen].join('\n'));
    logWarnings(all, settings, emit);
    for (const note of observers.notes) say(note);
    if (settings.sinks.logFile === undefined) log.open();
    tlsReload.follow(settings);
    startAcme(foundations, tlsReload, say);
    signals.onHangUp(() => void reloadAndTell(reloads, manager));
    manager.ready(readyStatus(addresses));
    await signals.first;
    manager.stopping('Letting running transfers finish');
    await drain(server, running, reloads.settings.drainTimeoutMs, say);
  } finally {
    leaveYoungGeneration();
    await foundations.acme?.close();
    await tlsReload.close();
    await server.close();
    await closeStorages(foundations);
    await reloads.close();
    bans.close();
    await observers.close();
    isLogTaken = await log.close();
    signals.dispose();
    manager.dispose();
  }
  if (log.droppedLines > 0) say(`${log.droppedLines} lines of the log were lost because their reader was too slow.`);
  // Lines that nobody takes would keep the program alive for as long as their reader sleeps.
  if (!isLogTaken) process.exit(exitCodes.ok);
  return exitCodes.ok;
}

/** Nothing is open yet but what is bound. Processes besides this one are loaded only where they are asked for. */
async function makeServer(
  { settings, given }: LoadedSettings,
  foundations: Foundations,
  { inherited, ...parts }: Pick<Groundwork, 'inherited' | 'bound'> & { readonly onEvent: (event: ServerEvent) => void },
): Promise<RunningServer | ServerWithWorkers> {
  const { storage, storages, bans } = foundations;
  const options = {
    ...serverOptions(settings, foundations, inherited),
    ...parts,
    storage,
    storages: Object.fromEntries(storages),
    rates: settings.rates,
    bans,
  };
  if (settings.workers === 1) return createServer(options);
  const { createServerWithWorkers } = await import('./workers/serve-with-workers.ts');
  return createServerWithWorkers(settings.workers, given, options);
}

/** Standard error has them too; a log that is read on the same screen needs them not twice. */
function logWarnings(
  warnings: readonly string[],
  { logFormat, sinks }: ServeSettings,
  emit: (event: ServerEvent) => void,
): void {
  if (logFormat !== 'json' && sinks.logFile === undefined) return;
  for (const text of warnings) emit({ at: Date.now(), type: 'warning', text });
}

async function reloadAndTell(reloads: Reloads, manager: ServiceManager): Promise<void> {
  manager.reloading();
  await reloads.reload();
  manager.ready('Serving, with the configuration as last read');
}

function readyStatus(addresses: readonly ListeningAddress[]): string {
  return `Serving on ${addresses.map(formatHostPort).join(', ')}`;
}

/** Undefined: it is to stop already. */
async function start(
  server: RunningServer,
  settings: ServeSettings,
  signals: StopSignals,
): Promise<readonly ListeningAddress[] | undefined> {
  try {
    return await server.start();
  } catch (error) {
    // A signal for all processes ends workers that have just begun.
    if (signals.haveCome) return undefined;
    throw await explainListenProblem(error, settings.listeners);
  }
}

async function openLog({ logFormat }: ServeSettings, say: (text: string) => void): Promise<EventLog> {
  return new EventLog({
    format: await logFormats[logFormat]({ colour: hasColours() }),
    stream: openLogStream(),
    onReaderGone: () => say('twinline: Nobody reads the log any more; the server goes on without it.'),
  });
}

/** A server whose certificate is still to come begins with one that it made itself. */
function startAcme({ acme }: Foundations, reload: TlsReload, say: (text: string) => void): void {
  acme?.start({
    onCertificate: (pair) => {
      void reload.present(pair).then((isTaken) => {
        if (isTaken) say('twinline: The authority has given a new certificate; new sessions see it.');
      });
    },
    onProblem: (sentence) => say(`twinline: Warning: ${sentence}`),
  });
}

/** Colours on standard output, where the log goes. */
function hasColours(): boolean {
  return process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

function screenFacts(
  settings: ServeSettings,
  { root, tls, userNames, demo, exampleFile }: Foundations,
  addresses: readonly ListeningAddress[],
  output: Output,
): Parameters<typeof firstScreen>[0] {
  return {
    addresses,
    root,
    certificate: tls && {
      fingerprint256: tls.certificate.fingerprint256,
      selfSignedFile: tls.certificate.selfSigned ? tls.certFile : undefined,
    },
    userNames,
    usersFrom: settings.httpHook ? 'users-http' : settings.programHook && 'users-program',
    demo: demo && { name: demo.name, password: demo.password.reveal() },
    exampleFile,
    logFormat: settings.logFormat,
    command: process.env['npm_command'] === undefined ? 'twinline' : 'npx twinline',
    workingDirectory: process.cwd(),
    colour: output.colour,
  };
}

async function drain(
  server: RunningServer,
  running: RunningTransfers,
  timeoutMs: number,
  say: (text: string) => void,
): Promise<void> {
  const busy = running.list();
  if (busy.length === 0) say('\nStopping.');
  else {
    const transfers = busy.length === 1 ? 'One transfer is running' : `${busy.length} transfers are running`;
    say(`\nStopping. ${transfers}, with up to ${timeoutMs / 1000} s left; Ctrl-C again leaves at once:`);
    for (const transfer of busy) say(`  ${transfer}`);
  }
  const { finished, cut } = await server.drain(timeoutMs);
  if (finished + cut > 0) say(`Finished: ${finished}, cut: ${cut}.`);
  for (const transfer of running.listCut()) say(`  cut: ${transfer}`);
}
