/** `twinline sessions`: who is connected to a running server on this machine, what they do, and an end to it. */

import { ConfigError, TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { readAdminToken } from '../serve/data-folder.ts';
import { parseHostPort } from '../serve/listen-address.ts';
import { UsageError } from '../usage-error.ts';

interface ShownSession {
  readonly session: number;
  readonly user: string | null;
  readonly remote: string;
  readonly remotePort: number;
  readonly since: string;
  readonly tls: { readonly protocol: string } | null;
  readonly command: string;
  readonly transfer: {
    readonly verb: string;
    readonly path: string;
    readonly bytes: number;
    readonly durationMs: number;
  } | null;
}

const requestMs = 10_000;

export const sessions = defineSubcommand({
  name: 'sessions',
  summary: 'Show who is connected to a running server, and end sessions.',
  arguments: [],
  options: [
    {
      flags: '--admin <host:port>',
      description: 'The admin port, as serve has it in --metrics',
      defaultText: '127.0.0.1:9921',
    },
    {
      flags: '--data-dir <dir>',
      description: 'Data folder of the server, where its token lies',
      defaultText: './twinline-data',
    },
    { flags: '--end <number>', description: 'End this session with 421, and cut its transfer.', repeatable: true },
    { flags: '--json', description: 'Print one JSON object a line.' },
  ],
  examples: [
    { line: 'twinline sessions', says: 'of a server started with --metrics 127.0.0.1:9921 --admin-api' },
    { line: 'twinline sessions --end 17', says: 'ends session 17' },
    { line: 'watch -n 1 twinline sessions', says: 'a live view' },
  ],
  async run(_positional, options, output) {
    const text = typeof options['admin'] === 'string' ? options['admin'] : '127.0.0.1:9921';
    if (parseHostPort(text) === undefined) throw new UsageError(`--admin takes HOST:PORT; "${text}" is not that.`);
    const folder = typeof options['dataDir'] === 'string' ? options['dataDir'] : 'twinline-data';
    const ask = asker(text, await readAdminToken(folder));
    const ended = Array.isArray(options['end']) ? (options['end'] as readonly string[]) : [];
    for (const number of ended) {
      if (!/^\d{1,15}$/.test(number)) throw new UsageError(`--end takes the number of a session; "${number}" is none.`);
      await ask('DELETE', `/api/sessions/${number}`);
      output.stdout.write(`Session ${number} is ended.\n`);
    }
    if (ended.length > 0) return exitCodes.ok;
    const { sessions: list } = (await ask('GET', '/api/sessions')) as { readonly sessions: readonly ShownSession[] };
    const lines = options['json'] === true ? list.map((one) => JSON.stringify(one)) : tableOf(list);
    output.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return exitCodes.ok;
  },
});

function asker(address: string, token: string) {
  return async (method: string, path: string): Promise<unknown> => {
    let response: Response;
    try {
      const headers = { authorization: `Bearer ${token}` };
      response = await fetch(`http://${address}${path}`, { method, headers, signal: AbortSignal.timeout(requestMs) });
    } catch (error) {
      const message =
        `Nobody answers on the admin port ${address}: start the server with --metrics ${address} --admin-api, ` +
        'or name the port that it has with --admin.';
      throw new TwinlineError('ERR_TWINLINE_CONNECT', message, { cause: error });
    }
    const body = await response.text();
    if (response.ok) return JSON.parse(body) as unknown;
    throw new ConfigError('ERR_TWINLINE_CONFIG', problemOf(response.status, path, address));
  };
}

function problemOf(status: number, path: string, address: string): string {
  if (status === 401) return 'The server does not take this token: name its own data folder with --data-dir.';
  if (status === 404 && path !== '/api/sessions') return `There is no session ${path.split('/').at(-1)}.`;
  if (status === 404) return `The server on ${address} shows no sessions: start it with --admin-api.`;
  return `The admin port ${address} answered ${status}.`;
}

/** Columns as wide as what stands in them. */
function tableOf(list: readonly ShownSession[]): readonly string[] {
  const head = ['session', 'user', 'address', 'TLS', 'since', 'doing'];
  const rows = list.map((one) => [
    String(one.session),
    printable(one.user ?? '-'),
    `${one.remote}:${one.remotePort}`,
    one.tls?.protocol ?? 'clear',
    one.since.slice(0, 19).replace('T', ' '),
    doing(one),
  ]);
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function doing({ command, transfer }: ShownSession): string {
  if (transfer === null) return printable(command);
  const { verb, path, bytes, durationMs } = transfer;
  const rate = durationMs > 0 ? `, ${(bytes / 1000 / durationMs).toFixed(1)} MB/s` : '';
  return `${verb} ${printable(path)}: ${bytes} bytes in ${(durationMs / 1000).toFixed(0)} s${rate}`;
}
