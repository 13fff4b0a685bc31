/** `twinline lab note`: the field notes as experiments on this machine, or with the ends that the user names. */

import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TwinlineError } from '../../../errors/index.ts';
import {
  type FaultKind,
  type NoteClient,
  NoteFailed,
  noteFormats,
  type NoteName,
  type NoteOptions,
  NotePrinter,
  type NoteReport,
  type NoteServer,
  patientClient,
  runControlLoss,
  runEpsvNote,
  settingOf,
  settingOfEpsv,
} from '../../../lab/index.ts';
import { createTempFolder } from '../../../peer/index.ts';
import { text, texts } from '../../client-options/index.ts';
import type { OptionValues } from '../../define-subcommand.ts';
import { exitCodes } from '../../exit-codes.ts';
import { fileProblem } from '../../file-problem.ts';
import { withInterrupts } from '../../interrupt.ts';
import type { Output } from '../../output.ts';
import { packageVersion } from '../../package-version.ts';
import { shellWord } from '../../shell-word.ts';
import { UsageError } from '../../usage-error.ts';
import { wholeNumber } from '../read-lab-run.ts';
import {
  acrossOwn,
  checkTopologyOptions,
  type OwnTopology,
  type PacketKeeper,
  presentTopology,
  runInTopology,
} from './across-topology.ts';
import { clientOf } from './client-of.ts';
import { type EmbeddedServer, noteTls, type NoteTls, startEmbeddedServer } from './embedded-server.ts';
import { startHostServer } from './host-server.ts';
import { namedServer } from './named-server.ts';

const noteNames: readonly NoteName[] = ['control-loss', 'epsv'];
const cutLines = ['control', 'data'] as const;
type CutLine = (typeof cutLines)[number];
const faultKinds: readonly FaultKind[] = ['reset', 'fin'];
/** The width where there is no terminal. */
const plainWidth = 120;

export async function runNote(words: readonly string[], options: OptionValues, output: Output): Promise<number> {
  const note = noteNames.find((name) => name === words[0]);
  if (note === undefined || words.length > 1) {
    throw new UsageError(`Name the note: twinline lab note ${noteNames.join(' or twinline lab note ')}.`);
  }
  const kind = chosen(options, 'kind', faultKinds, 'reset');
  const line = chosen(options, 'line', cutLines, 'control');
  checkCut(note, line, kind, options);
  const tls = chosen(options, 'tls', noteTls, '1.3');
  const seed = wholeNumber(options, 'seed', '--seed', 4_294_967_295) ?? randomInt(1_000_000);
  const reports = readReports(options);
  const url = text(options, 'server');
  if (url !== undefined && text(options, 'tls') !== undefined) {
    throw new UsageError('--tls is for the embedded server: the URL of --server says it for others.');
  }
  checkTopologyOptions(options);
  const isAcross = text(options, 'topology') !== undefined;
  const topology = isAcross ? await presentTopology(options) : undefined;
  if (isAcross && topology === undefined) return runInTopology(note, options, output);
  await using folder = await noteFolder(text(options, 'keep'));
  const embedded = url === undefined ? await startOwnServer(topology, folder.path, tls) : undefined;
  try {
    const server = embedded?.server ?? (await namedServer(url ?? '', options, output));
    const client = clientOf(options, server, url === undefined ? undefined : patientClient, topology !== undefined);
    if (line === 'data' && !client.takesProxy) {
      throw new UsageError(
        'The data line of this client does not pass by the lab: give the command {proxy}, as in curl --proxy {proxy}.',
      );
    }
    const repeat = repeatOf(note, options, seed);
    const keeper = topology && (await acrossOwn(topology, options));
    const ends = { server, client, kind, line, seed, folder: folder.path, repeat };
    const report = await withInterrupts(output, undefined, (signal) =>
      play(note, { ...ends, ...placeOf(keeper), signal }, output),
    );
    await keeper?.finish(output);
    await writeReports(report, reports, output);
    return exitCodeOf(report);
  } catch (error) {
    if (!(error instanceof NoteFailed)) throw error;
    throw new TwinlineError('ERR_TWINLINE_CONNECT', `There is no experiment: ${error.message}`, { cause: error });
  } finally {
    await embedded?.close();
  }
}

/** Throws `UsageError` for a data line that cannot be cut like that. */
function checkCut(note: NoteName, line: CutLine, kind: FaultKind, options: OptionValues): void {
  if (note !== 'control-loss' && text(options, 'line') !== undefined)
    throw new UsageError('--line is for lab note control-loss: no line is cut in epsv.');
  if (line === 'control') return;
  if (text(options, 'topology') !== undefined) {
    throw new UsageError(
      'Across a topology the control line is cut, whose numbers stand still: leave out --line data, or leave out --topology.',
    );
  }
  if (kind === 'fin') throw new UsageError('The data line is reset, as in the note: leave out --kind fin.');
}

function startOwnServer(topology: OwnTopology | undefined, folder: string, tls: NoteTls): Promise<EmbeddedServer> {
  if (topology === undefined) return startEmbeddedServer(folder, tls);
  return startHostServer(topology.name, topology.plan, folder, tls);
}

function placeOf(keeper: PacketKeeper | undefined): Pick<NoteOptions, 'between' | 'keylogFile'> {
  if (keeper === undefined) return {};
  const { between, keylogFile } = keeper;
  return { between, ...(keylogFile === undefined ? {} : { keylogFile }) };
}

interface Play extends Pick<NoteOptions, 'between' | 'keylogFile'> {
  readonly server: NoteServer;
  readonly client: NoteClient;
  readonly kind: FaultKind;
  readonly line: CutLine;
  readonly seed: number;
  readonly folder: string;
  readonly repeat: string;
  readonly signal: AbortSignal;
}

/** Runs it, and prints while it runs. */
async function play(note: NoteName, options: Play, output: Output): Promise<NoteReport> {
  const printer = new NotePrinter(lookOf(output));
  const print = (lines: string): void => void output.stdout.write(lines);
  const all = {
    ...options,
    tool: `twinline ${await packageVersion()}`,
    onStep: (step: string) => print(printer.step(step)),
    onPart: (part: Parameters<NotePrinter['part']>[0]) => print(printer.part(part)),
  };
  const isLoss = note === 'control-loss';
  const question = isLoss
    ? `What happens to a transfer when the ${options.line} line is lost?`
    : 'Does EPSV work over IPv4?';
  print(printer.head(question, isLoss ? settingOf(all) : settingOfEpsv(all)));
  const report = await (isLoss ? runControlLoss(all) : runEpsvNote(all));
  print(printer.foot(report));
  return report;
}

function lookOf({ stdout, stdoutColour }: Output): { readonly colour: boolean; readonly width: number } {
  const terminal = stdout as Partial<NodeJS.WriteStream>;
  const told = Number(process.env['COLUMNS']);
  const width = terminal.columns ?? (Number.isInteger(told) && told > 0 ? told : plainWidth);
  return { colour: stdoutColour, width };
}

async function noteFolder(keep: string | undefined): Promise<{ readonly path: string } & AsyncDisposable> {
  if (keep === undefined) return createTempFolder('twinline-note-');
  const path = resolve(keep);
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const message = `The folder "${keep}" of --keep cannot be made: ${fileProblem(error)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause: error });
  }
  return { path, [Symbol.asyncDispose]: () => Promise.resolve() };
}

function chosen<Value extends string>(
  options: OptionValues,
  name: string,
  values: readonly Value[],
  fallback: Value,
): Value {
  const given = text(options, name) ?? fallback;
  const value = values.find((known) => known === given);
  if (value === undefined) throw new UsageError(`--${name} takes ${values.join(', ')}, not "${given}".`);
  return value;
}

interface WantedReport {
  readonly render: (report: NoteReport) => string;
  readonly format: string;
  readonly file: string;
}

function readReports(options: OptionValues): WantedReport[] {
  return texts(options, 'report').map((word) => {
    const equals = Math.max(word.indexOf('='), 0);
    const [format, file] = [word.slice(0, equals), word.slice(equals + 1)];
    const render = Object.hasOwn(noteFormats, format) ? noteFormats[format] : undefined;
    if (render !== undefined && file !== '') return { render, format, file };
    throw new UsageError(
      `--report of a note takes FORMAT=FILE with one of ${Object.keys(noteFormats).join(', ')}, not "${word}".`,
    );
  });
}

async function writeReports(report: NoteReport, wanted: readonly WantedReport[], output: Output): Promise<void> {
  for (const { render, format, file } of wanted) {
    try {
      await writeFile(file, render(report));
    } catch (error) {
      const message = `The report cannot be written to "${file}": ${fileProblem(error)}.`;
      throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause: error });
    }
    output.stderr.write(`The ${format} report is in ${file}.\n`);
  }
}

function repeatOf(note: NoteName, options: OptionValues, seed: number): string {
  const names = [
    'topology',
    'cutFrom',
    'line',
    'kind',
    'tls',
    'server',
    'file',
    'preset',
    'client',
    'clientUpload',
  ] as const;
  const flags: Readonly<Record<string, string>> = { clientUpload: 'client-upload', cutFrom: 'cut-from' };
  const given = names.flatMap((name) => {
    const value = text(options, name);
    return value === undefined ? [] : [`--${flags[name] ?? name} ${shellWord(value)}`];
  });
  // The password is asked for, or comes from the environment.
  const user = text(options, 'user')?.split(':')[0] ?? '';
  if (user !== '') given.push(`-u ${shellWord(user)}`);
  return ['twinline lab note', note, ...given, `--seed ${seed}`].join(' ');
}

/** As of the lab: 1 where a MUST is broken, 2 where less than that is. */
function exitCodeOf({ parts }: NoteReport): number {
  const found = parts.flatMap(({ verdicts }) => verdicts.map(({ verdict }) => verdict));
  if (found.includes('FAIL')) return 1;
  if (found.includes('INFRA')) return exitCodes.internal;
  return found.includes('NON-STRICT') || found.includes('UNCLEAN') ? 2 : exitCodes.ok;
}
