/** `twinline put`: uploads files. */

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type Client,
  joinRemote,
  remoteParent,
  type TransferResult,
  type UploadFileOptions,
} from '../../client/index.ts';
import { withHint } from '../advice.ts';
import {
  type ClientCall,
  passwordNote,
  readClientCall,
  readTransferSettings,
  sessionOptions,
  text,
  transferOptions,
} from '../client-options/index.ts';
import {
  type ClientRun,
  endsEverything,
  openLocal,
  overSessions,
  parallelOption,
  readParallel,
  runWithSessions,
} from '../client-run/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { chooseDisplay, displayOptions, type ReportedTransfer } from '../display/index.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { commandToGoOn, resumableExits, sayHowToResume } from '../go-on.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

export const put = defineSubcommand({
  name: 'put',
  summary: 'Upload files.',
  arguments: [
    {
      notation: '<files...>',
      description:
        'the files, "-" is standard input, and behind them the URL: ftpes://host/file (explicit TLS), ftps:// (implicit) or ' +
        'ftp:// (none); of a folder, with a slash at its end, for several files',
    },
  ],
  options: [
    { flags: '-T, --upload-file <file>', description: 'A file to upload.', repeatable: true },
    { flags: '--append', description: 'Write behind what is there.' },
    { flags: '--unique', description: 'Let the server choose a new name in the folder (STOU), and print it.' },
    { flags: '-p, --mkdir', description: 'Make the folders of the URL that are missing.' },
    { flags: '--ftp-create-dirs', description: 'The same, as curl has it.' },
    { flags: '--no-times', description: 'Leave the files there with the time of the upload.' },
    parallelOption,
    ...transferOptions,
    ...displayOptions,
    ...sessionOptions,
  ],
  examples: [
    {
      line: 'twinline put report.pdf ftpes://files.example.org/in/ -u anna',
      says: 'as in/report.pdf: behind a slash the name is kept',
    },
    {
      line: 'twinline put *.csv ftpes://files.example.org/2026/11/ -u anna -p --parallel 4',
      says: 'many, four at a time',
    },
    {
      line: 'twinline put -T disk.iso ftpes://files.example.org/disk.iso -u anna --resume',
      says: 'goes on behind what is there',
    },
    { line: 'tar c . | twinline put - ftpes://files.example.org/all.tar -u anna', says: 'from standard input' },
  ],
  notes: [
    'Of several files each is tried; the exit code is that of the worst.',
    'A folder with all that is in it is sent by twinline mirror.',
    passwordNote,
  ],
  async run(words, options, output) {
    const plan = await readPlan(words, options, output);
    return runWithSessions(plan.call, chooseDisplay(options, output), output, plan.parallel, async (run) => {
      run.report.expect({ files: plan.jobs.length, bytes: await bytesOf(plan.jobs) });
      if (plan.folder !== undefined) await makeFolders(plan.folder, run);
      await overSessions(run, plan.jobs, plan.parallel, (client, job) => send(client, job, plan, run));
      if (plan.jobs.length > 1 && plan.how === 'replace') sayHowToResume(run.report, plan.transfer.resume);
    });
  },
});

interface UploadJob {
  readonly local: string;
  readonly remote: string;
}

/** What the command line asks for. */
interface Plan {
  readonly call: ClientCall;
  readonly jobs: readonly UploadJob[];
  /** To be made first. */
  readonly folder: string | undefined;
  readonly parallel: number;
  readonly how: 'replace' | 'append' | 'unique';
  readonly transfer: UploadFileOptions;
  readonly options: OptionValues;
}

async function readPlan(words: readonly string[], options: OptionValues, output: Output): Promise<Plan> {
  const settings = readTransferSettings(options);
  const parallel = readParallel(text(options, 'parallel'));
  const [files, urlText] = filesAndUrl(words, options['uploadFile']);
  const how = options['append'] === true ? 'append' : options['unique'] === true ? 'unique' : 'replace';
  if (options['append'] === true && options['unique'] === true) {
    throw new UsageError('--append and --unique exclude each other; leave one of them out.');
  }
  if ((how !== 'replace' || files.includes('-')) && (settings.resume || settings.verify)) {
    const what = how === 'replace' ? 'standard input' : `--${how}`;
    throw new UsageError(
      `--resume and --verify need a file that is here and there from its beginning, which ${what} is not.`,
    );
  }
  const call = await readClientCall(urlText, options, output);
  const jobs = files.map((local) => ({
    local,
    remote: remotePath(call.url.path, local, call.urlText, files.length, how),
  }));
  const makes = options['mkdir'] === true || options['ftpCreateDirs'] === true;
  const target = how === 'unique' ? call.url.path.replace(/\/+$/, '') : remoteParent(jobs[0]?.remote ?? '');
  const folder = makes && target !== '' ? target : undefined;
  const transfer = { ...settings, keepTime: options['times'] !== false };
  return { call, jobs, folder, parallel, how, transfer, options };
}

function filesAndUrl(words: readonly string[], given: OptionValues[string]): readonly [readonly string[], string] {
  const all = [...(Array.isArray(given) ? (given as readonly string[]) : []), ...words];
  const url = all.at(-1);
  const files = all.slice(0, -1);
  const early = files.find((word) => /^ftp(?:s|es)?:\/\//i.test(word));
  if (early !== undefined)
    throw new UsageError('The files come first and the URL behind them: twinline put FILE... URL.');
  if (url === undefined || files.length === 0 || files.includes('')) {
    throw new UsageError('put needs a file and a URL: twinline put FILE... URL, or twinline put -T FILE URL.');
  }
  if (files.filter((file) => file === '-').length > 1)
    throw new UsageError('Standard input can be uploaded once only.');
  return [files, url];
}

/** A URL that ends in a slash, or has no path at all, keeps the local name. */
function remotePath(path: string, file: string, urlText: string, count: number, how: Plan['how']): string {
  if (how === 'unique') return path;
  if (path !== '' && !path.endsWith('/')) {
    if (count === 1) return path;
    throw new UsageError(`Several files need a folder: end the URL "${urlText}" in a slash.`);
  }
  if (file !== '-') return joinRemote(path, basename(file));
  throw new UsageError(`The URL "${urlText}" ends in a folder; standard input needs a name behind it.`);
}

/** Of all files; undefined where one of them does not tell. */
async function bytesOf(jobs: readonly UploadJob[]): Promise<number | undefined> {
  let sum = 0;
  for (const { local } of jobs) {
    const present = local === '-' ? undefined : await stat(local).catch(() => undefined);
    if (present === undefined || !present.isFile()) return undefined;
    sum += present.size;
  }
  return sum;
}

async function makeFolders(folder: string, run: ClientRun): Promise<void> {
  const { signal } = run;
  const made = await run.withSession((client) => client.makeDirectories(folder, { signal }));
  for (const path of made) run.report.action({ action: 'make-folder', side: 'remote', path });
}

async function send(client: Client, job: UploadJob, plan: Plan, run: ClientRun): Promise<boolean> {
  const { report, signal } = run;
  const transfer = report.start({ direction: 'upload', ...job });
  try {
    transfer.finish(await upload(client, job, plan, run, transfer));
    return true;
  } catch (error) {
    const mayLackFolder = plan.folder === undefined && job.remote.includes('/', 1);
    const hint = 'If its folder is missing there, add --mkdir.';
    transfer.fail(mayLackFolder ? withHint(error, ['STOR', 'APPE'], hint) : error);
    const isResumable = plan.how === 'replace' && job.local !== '-' && resumableExits.has(exitCodeOf(error));
    if (transfer.hasBegun && isResumable && plan.jobs.length === 1) {
      const command = commandToGoOn('put', [job.local], plan.call, plan.options);
      report.say(`What the server has of ${job.local} need not be sent again; go on with: ${command}`);
    }
    return !endsEverything(error, signal);
  }
}

async function upload(
  client: Client,
  { local, remote }: UploadJob,
  { how, transfer: settings }: Plan,
  { report, signal }: ClientRun,
  transfer: ReportedTransfer,
): Promise<TransferResult> {
  const { rateLimit } = settings;
  const watched = { signal, onProgress: transfer.progress.bind(transfer) };
  const plain = { ...watched, ...(rateLimit === undefined ? {} : { rateLimit }) };
  if (how === 'replace' && local !== '-') {
    return client.uploadFile(local, remote, { ...settings, ...watched, onRetry: transfer.retry.bind(transfer) });
  }
  const source = local === '-' ? process.stdin : await openLocal(local, signal);
  if (how === 'append') return client.appendFile(remote, source, plain);
  if (how === 'replace') return client.upload(remote, source, plain);
  if (remote !== '') await client.changeDirectory(remote, { signal });
  const result = await client.uploadUnique(source, plain);
  report.notice(result.name === undefined ? 'The server does not tell the name.' : `Stored as ${result.name}`);
  return result;
}
