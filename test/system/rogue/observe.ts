/** Runs the command of a rogue case against its server and takes down everything that came of it. */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  createTempFolder,
  createTestCertificate,
  hashOf,
  type KeyAlgorithm,
  runCommand,
  type Script,
  type ScriptedServer,
  startScriptedServer,
  type TempFolder,
  type TestCertificate,
} from '../../../src/testing/index.ts';
import { runTwinline } from '../../fixtures/command-run.ts';
import { cleanEnvironment, launcher } from '../../fixtures/serve-process.ts';
import { type RogueCase, type RogueMode, rogueModes, type RogueServer, expectationOf } from './define-rogue-case.ts';
import { servedFiles } from './served-files.ts';

/** What came of a run. */
export interface Observation {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly durationMs: number;
  /** Of the command alone where it had a process of its own, else of this process; MiB, NaN where the system does not say. */
  readonly peakRssMiB: number;
  /** Local files that were not there before. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly uploads: ReadonlyMap<string, Buffer>;
  /** Command lines of each session. */
  readonly sessions: readonly (readonly string[])[];
  /** What the case scripts, by verb. */
  readonly scripted: readonly string[];
  /** Scripts of the case that were entered. */
  readonly performed: ReadonlySet<string>;
  /** What the script itself failed with. */
  readonly scriptError: unknown;
}

const certificates = new Map<string, Promise<TestCertificate>>();

function certificateOf(role: 'trusted' | 'other', algorithm: KeyAlgorithm): Promise<TestCertificate> {
  const key = `${role} ${algorithm}`;
  const made = certificates.get(key) ?? createTestCertificate({ algorithm });
  certificates.set(key, made);
  return made;
}

const password = 'open sesame';

/** Seconds for a reply or a byte: short where the case ends by a timer, and elsewhere more than a busy machine takes. */
const patience = { endsByTimer: '1', otherwise: '5' } as const;
const timedOut = 124;

/** Login, trust and timers for every command, unless the case says otherwise. */
function standingOptions(
  given: readonly string[],
  caFile: string,
  mode: RogueMode,
  exitCode: number,
): readonly string[] {
  const seconds = exitCode === timedOut ? patience.endsByTimer : patience.otherwise;
  const own: readonly (readonly string[])[] = [
    ['-u', `anna:${password}`],
    ...(rogueModes[mode].scheme === 'ftp' ? [] : [['--cacert', caFile]]),
    ['--timeout', seconds],
    ['--connect-timeout', seconds],
  ];
  return own.filter(([flag = '']) => !given.includes(flag)).flat();
}

/** Notes which scripts of a case were entered. */
function watched(server: RogueServer, performed: Set<string>): RogueServer {
  const watch =
    (name: string, script: Script): Script =>
    async (session, argument) => {
      performed.add(name);
      await session.perform(script, argument);
    };
  const commands = Object.entries(server.commands ?? {}).map(([verb, script]) => [verb, watch(verb, script)]);
  return {
    ...server,
    commands: Object.fromEntries(commands) as Record<string, Script>,
    ...(server.greeting === undefined ? {} : { greeting: watch('greeting', server.greeting) }),
  };
}

export interface ObserveOptions {
  /** Plays the command against a server that does nothing odd. */
  readonly decent?: boolean;
}

/** Plays one case in one mode. `look` is called while the server still stands. */
export async function observe(
  record: RogueCase,
  mode: RogueMode,
  look: (seen: Observation, server: ScriptedServer) => void | Promise<void>,
  { decent = false }: ObserveOptions = {},
): Promise<void> {
  const { scheme, ...kind } = rogueModes[mode];
  const algorithm = 'algorithm' in kind ? kind.algorithm : 'ecdsa';
  const certificate = await certificateOf('trusted', algorithm);
  const otherCertificate = await certificateOf('other', algorithm);
  const versions = 'version' in kind ? { minVersion: kind.version, maxVersion: kind.version } : {};
  const performed = new Set<string>();
  const rogue: RogueServer = decent
    ? {}
    : watched(await record.script({ mode, certificate, otherCertificate }), performed);
  const { tls, trustedPem = certificate.certificatePem, ...options } = rogue;
  await using folder = await createTempFolder();
  const server = await startScriptedServer({
    certificate,
    files: servedFiles,
    implicitTls: scheme === 'ftps',
    ...options,
    tls: { ...versions, ...tls },
  });
  let failure: unknown;
  try {
    const run = await runAgainst(record, mode, server, folder, trustedPem);
    const files = await readNewFiles(folder, record);
    // The server has seen all that it will see once its sessions are closed.
    const scriptError = await server.stop().then(
      () => undefined,
      (error: unknown) => error,
    );
    await look(
      {
        ...run,
        files,
        performed,
        scripted: [...Object.keys(rogue.commands ?? {}), ...(rogue.greeting === undefined ? [] : ['greeting'])],
        scriptError,
        uploads: server.uploads,
        sessions: server.sessions.map(({ commands }) => [...commands]),
      },
      server,
    );
  } catch (error) {
    failure = error;
  }
  await server.stop().catch(() => undefined);
  if (failure !== undefined) throw failure;
}

type Run = Pick<Observation, 'exitCode' | 'stdout' | 'stderr' | 'durationMs' | 'peakRssMiB'>;

async function runAgainst(
  { command, ...record }: RogueCase,
  mode: RogueMode,
  server: ScriptedServer,
  folder: TempFolder,
  trustedPem: string,
): Promise<Run> {
  const caFile = folder.join('.trusted.pem');
  await writeFile(caFile, trustedPem);
  for (const [name, bytes] of Object.entries(command.local ?? {})) {
    await mkdir(dirname(folder.join(name)), { recursive: true });
    await writeFile(folder.join(name), bytes);
  }
  const url = `${rogueModes[mode].scheme}://${server.host}:${server.port}/${command.path}`;
  const inFolder = (words: readonly string[] = []): readonly string[] =>
    words.map((word) => word.replace(/^@\//, `${folder.path}/`));
  const given = inFolder(command.options);
  const expectation = expectationOf({ command, ...record }, mode);
  const words = [
    command.name,
    ...inFolder(command.before),
    url,
    ...inFolder(command.behind),
    ...given,
    ...standingOptions(given, caFile, mode, expectation.exitCode),
  ];
  return expectation.maxRssMiB !== undefined ? runAsProcess(words, folder) : runHere(words);
}

async function runHere(words: readonly string[]): Promise<Run> {
  const started = performance.now();
  const run = await runTwinline(...words);
  return { ...run, durationMs: performance.now() - started, peakRssMiB: await peakRssMiB() };
}

/** Tells its own peak on its way out: what a parent could read of it afterwards is gone. */
const reportPeak = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync, writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(process.env.PEAK_FILE, readFileSync('/proc/self/status')));
`)}`;

async function runAsProcess(words: readonly string[], folder: TempFolder): Promise<Run> {
  const peakFile = folder.join('.peak');
  const result = await runCommand(process.execPath, ['--import', reportPeak, launcher, ...words], {
    cwd: folder.path,
    env: { ...cleanEnvironment, PEAK_FILE: peakFile },
    timeoutMs: 60_000,
  });
  return { ...result, peakRssMiB: peakOf(await readFile(peakFile, 'utf8').catch(() => '')) };
}

/** `VmHWM` of a `/proc/PID/status`. */
function peakOf(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) / 1024;
}

async function peakRssMiB(): Promise<number> {
  return peakOf(await readFile('/proc/self/status', 'utf8').catch(() => ''));
}

async function readNewFiles(folder: TempFolder, { command }: RogueCase): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = `${entry.parentPath}/${entry.name}`;
    const name = path.slice(folder.path.length + 1);
    const before = command.local?.[name];
    if (!entry.isFile() || name === '.trusted.pem' || name === '.peak') continue;
    const bytes = await readFile(path);
    if (before === undefined || hashOf(before) !== hashOf(bytes)) files.set(name, bytes);
  }
  return files;
}
