/** Any program as the client of a note: started with its places filled in, its words in the column of the client. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { ClientJob, ClientOutcome, NoteClient } from '../../../lab/index.ts';
import { TwinlineError } from '../../../errors/index.ts';
import { readShellLine } from '../../shell/shell-words.ts';
import { UsageError } from '../../usage-error.ts';

/** How long a program has between SIGTERM and SIGKILL, in milliseconds. */
const graceMs = 1_000;

/** `--client`: one command for both directions, or `download COMMAND` and `upload COMMAND` in two. */
export interface ClientCommands {
  readonly download?: string;
  readonly upload?: string;
}

/** Throws `UsageError` where a command does not say where the server is. */
export function commandClient(commands: ClientCommands): NoteClient {
  const templates = new Map<string, readonly string[]>();
  for (const [direction, command] of Object.entries(commands)) templates.set(direction, wordsOf(command));
  const all = [...templates.values()].flat();
  if (!all.some((word) => /\{(?:url|ftpes|ftps|host)\}/.test(word))) {
    throw new UsageError('The command of --client has no {url} or {host}: it must be told where the server is.');
  }
  return {
    name: [...templates.values()][0]?.[0] ?? 'the client',
    takesProxy: all.some((word) => word.includes('{proxy}')),
    directions: (['download', 'upload'] as const).filter((direction) => templates.has(direction)),
    run: (job) => runCommandClient(templates.get(job.direction) ?? [], job),
  };
}

function wordsOf(command: string): readonly string[] {
  const [words = [], ...more] = readShellLine(command).commands;
  if (words.length === 0 || more.some((list) => list.length > 0)) {
    throw new UsageError(`"${command}" is no single command: quote what has blanks or semicolons in it.`);
  }
  return words.map((word) => word.text);
}

/** The places: those of client tests, and `{proxy}`. Through the proxy the server is named as it is, else the relay is. */
function fill(template: readonly string[], job: ClientJob): string[] {
  const { host, port } = template.some((word) => word.includes('{proxy}')) ? job.target : job.relay;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  const place = `${shownHost}:${port}/${job.remote}`;
  const values: Readonly<Record<string, string>> = {
    url: `${job.target.security === 'implicit' ? 'ftps' : 'ftp'}://${place}`,
    ftpes: `ftpes://${place}`,
    ftps: `ftps://${place}`,
    host,
    port: String(port),
    user: job.target.user,
    password: job.target.password,
    remote: job.remote,
    local: job.local,
    cacert: job.caFile ?? '',
    proxy: job.proxyUrl ?? '',
  };
  return template.map((word) => word.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole));
}

async function runCommandClient(template: readonly string[], job: ClientJob): Promise<ClientOutcome> {
  const [program = '', ...args] = fill(template, job);
  const home = dirname(job.local);
  const keys = job.keylogFile === undefined ? {} : { SSLKEYLOGFILE: job.keylogFile };
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...keys };
  job.say(`* ${[program, ...args].join(' ')}`);
  const child = spawn(program, args, { cwd: home, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const lines = new StderrLines(job.say);
  child.stderr.setEncoding('utf8').on('data', (text: string) => lines.take(text));
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  job.signal.addEventListener('abort', stop, { once: true });
  if (job.signal.aborted) stop();
  try {
    await once(child, 'close');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TwinlineError('ERR_TWINLINE_ARGUMENT', `"${program}" cannot be started: ${reason}.`, { cause: error });
  } finally {
    clearTimeout(timer);
    job.signal.removeEventListener('abort', stop);
  }
  lines.finish();
  const ended = child.exitCode === null ? `signal ${child.signalCode}` : `exit code ${child.exitCode}`;
  job.say(`* ${program} has ended: ${ended}`);
  const says = lines.last === '' ? ended : `${ended}, "${lines.last}"`;
  return { claimsSuccess: child.exitCode === 0, endedByItself: !job.signal.aborted, says };
}

/** Lines of a dialogue; a progress display writes over itself, and only what it ends with is kept. */
class StderrLines {
  last = '';
  #rest = '';
  readonly #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-4_000);
    for (const line of lines) this.#tell(line);
  }

  finish(): void {
    this.#tell(this.#rest);
    this.#rest = '';
  }

  #tell(line: string): void {
    const shown = (line.replace(/\r$/, '').split('\r').at(-1) ?? '').trimEnd();
    // What curl says of its own reading and writing is no dialogue, and neither are the figures before it.
    if (shown === '' || /^[{}] \[\d+ bytes data\]$/.test(shown)) return;
    const [, dialogue] = /^.*\d:\d\d:\d\d[ \d.kMG]*([<>*{}] .*)$/.exec(shown) ?? [];
    const said = dialogue ?? shown;
    this.last = said.replace(/^[<>*] /, '');
    this.#say(/^[<>*{}] /.test(said) ? said : `* ${said}`);
  }
}
