/** `twinline get`: downloads files. */

import { type Client, type DownloadFileOptions, TakenOverError, type TransferResult } from '../../client/index.ts';
import {
  type ClientRun,
  type DownloadJob,
  endsEverything,
  fetchInSegments,
  filesMatching,
  isAlreadyHere,
  isFolder,
  localName,
  makeFolder,
  noGlobOption,
  overSessions,
  parallelOption,
  placesFor,
  readCalls,
  readParallel,
  readSegments,
  type RemoteMatch,
  runWithSessions,
  segmentsOption,
  stdoutSink,
} from '../client-run/index.ts';
import { withHint } from '../advice.ts';
import {
  type ClientCall,
  passwordNote,
  readTransferSettings,
  sessionOptions,
  text,
  transferOptions,
} from '../client-options/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { chooseDisplay, displayOptions } from '../display/index.ts';
import { howToGoOnWithPart, sayHowToResume } from '../go-on.ts';
import type { Output } from '../output.ts';
import { hasGlob } from '../../protocol/index.ts';
import { UsageError } from '../usage-error.ts';

export const get = defineSubcommand({
  name: 'get',
  summary: 'Download files.',
  arguments: [
    {
      notation: '<urls...>',
      description:
        'ftpes://host/file (explicit TLS), ftps:// (implicit) or ftp:// (none); * ? [a-z] in names, quoted, for many; all of one server',
    },
  ],
  options: [
    {
      flags: '-o, --output <file>',
      description: 'Write to this file, or into this folder (made where it ends in a slash); "-" is standard output.',
      defaultText: 'the last name of the URL, in this folder',
    },
    noGlobOption,
    { flags: '--no-times', description: 'Leave the files with the time of the download.' },
    parallelOption,
    segmentsOption,
    ...transferOptions,
    ...displayOptions,
    ...sessionOptions,
  ],
  examples: [
    { line: 'twinline get ftpes://files.example.org/report.pdf -u anna', says: 'to report.pdf in this folder' },
    {
      line: "twinline get 'ftpes://files.example.org/logs/*.gz' -u anna -o logs/ --parallel 4",
      says: 'all that match, four at a time, into the folder logs',
    },
    { line: 'twinline get ftpes://files.example.org/disk.iso -u anna --resume', says: 'goes on with disk.iso.part' },
    { line: 'twinline get ftpes://files.example.org/disk.iso -u anna --segments 4', says: 'over four sessions' },
    { line: 'twinline get ftp://localhost:2121/notes.txt -o -', says: 'without TLS, to standard output' },
  ],
  notes: [
    'What arrives goes to FILE.part and gets its name when it is whole, so a name without .part is always a whole file; ' +
      'a file that has the name already is replaced then. Where FILE.part would be too long a name, a hidden .part takes its place.',
    'Of several files each is tried; the exit code is that of the worst. With --resume, files that are here already, with size ' +
      'and time of those there, are left out.',
    'With --segments, what arrives lies in FILE.segments with a journal beside it; behind a crash or a lost line the same command ' +
      'with --resume goes on. A file that has changed on the server is not joined with what is here.',
    'A folder with all that is in it is fetched by twinline mirror.',
    passwordNote,
  ],
  async run(urls, options, output) {
    const plan = await readPlan(urls, options, output);
    const display = chooseDisplay(options, output, plan.target !== '-');
    const { segments } = plan;
    return runWithSessions(plan.call, display, output, Math.max(plan.parallel, segments), async (run) => {
      const jobs = await findJobs(plan, run);
      const [only] = jobs;
      if (segments > 1 && only !== undefined) return fetchInSegments(run, only, segments, plan.transfer, options);
      await overSessions(run, jobs, plan.parallel, (client, job) => fetch(client, job, plan, run));
      if (jobs.length > 1) sayHowToResume(run.report, plan.transfer.resume);
    });
  },
});

/** What the command line asks for. */
interface Plan {
  readonly call: ClientCall;
  readonly paths: readonly string[];
  readonly globs: boolean;
  /** The file or folder; undefined for the names of the URLs in this folder. */
  readonly target: string | undefined;
  /** Several files, or a folder to put one into. */
  readonly isMany: boolean;
  readonly parallel: number;
  /** More than 1 for one file alone. */
  readonly segments: number;
  readonly transfer: DownloadFileOptions;
  readonly options: OptionValues;
}

async function readPlan(urls: readonly string[], options: OptionValues, output: Output): Promise<Plan> {
  const settings = readTransferSettings(options);
  const parallel = readParallel(text(options, 'parallel'));
  const target = text(options, 'output');
  if (target === '') {
    throw new UsageError('--output is empty: leave it out, or name a file; "-" is standard output.');
  }
  if (target === '-' && options['json'] === true) {
    throw new UsageError('-o - and --json would both write to standard output; leave one of them out.');
  }
  if (target === '-' && settings.verify) {
    throw new UsageError('--verify reads the file back, which standard output cannot be; name a file with -o.');
  }
  const { call, paths } = await readCalls(urls, options, output);
  const globs = options['glob'] !== false;
  for (const [index, path] of paths.entries()) requireFile(path, urls[index] ?? '', call);
  const isSeveral = paths.length > 1 || (globs && paths.some(hasGlob));
  if (isSeveral && target === '-') {
    throw new UsageError('Several files on standard output would run into each other; use: twinline cat URL...');
  }
  const isIntoFolder = target !== undefined && target !== '-' && (await isFolder(target));
  if (isSeveral && target !== undefined && !isIntoFolder) {
    throw new UsageError(
      `Several files need a folder: write --output ${target}/ to make it, or name one that is there.`,
    );
  }
  const segments = readSegments(options);
  if (segments > 1 && (isSeveral || target === '-')) {
    throw new UsageError('--segments fetches one file into a file; leave it out for several and for standard output.');
  }
  const keepTime = options['times'] !== false;
  return {
    call,
    paths,
    globs,
    target,
    isMany: isSeveral || isIntoFolder,
    parallel,
    segments,
    transfer: { ...settings, keepTime },
    options,
  };
}

function requireFile(path: string, urlText: string, call: ClientCall): void {
  if (path !== '' && !path.endsWith('/')) return;
  const what = urlText.includes('/') ? 'folder' : 'server and no file';
  throw new UsageError(
    `The URL "${call.urlText}" names a ${what}; write the file behind it, list it: twinline ls URL, or fetch all of it: twinline mirror URL FOLDER`,
  );
}

async function findJobs(plan: Plan, run: ClientRun): Promise<readonly DownloadJob[]> {
  const { call, paths, target } = plan;
  if (!plan.isMany) {
    const [path = ''] = paths;
    const local = target ?? localName(path);
    if (local === undefined) {
      throw new UsageError(`The URL "${call.urlText}" gives no name for the local file; write --output FILE.`);
    }
    return [{ path, entry: undefined, local }];
  }
  const matches: readonly RemoteMatch[] = plan.globs
    ? await run.withSession((client) => filesMatching(client, paths, run.report, run.signal))
    : paths.map((path) => ({ path, entry: undefined }));
  if (target !== undefined) await makeFolder(target);
  const jobs = placesFor(matches, target ?? '.');
  const sizes = jobs.map(({ entry }) => entry?.size);
  const bytes = sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
  run.report.expect({ files: jobs.length, bytes });
  return jobs;
}

async function fetch(
  client: Client,
  job: DownloadJob,
  plan: Plan,
  { report, signal, output }: ClientRun,
): Promise<boolean> {
  const { path, local } = job;
  if (plan.isMany && plan.transfer.resume === true && (await isAlreadyHere(client, job, signal))) {
    report.action({ action: 'skip', side: 'local', path: local, why: 'it is here already' });
    return true;
  }
  const transfer = report.start({ direction: 'download', remote: path, local });
  try {
    const options: DownloadFileOptions = {
      ...plan.transfer,
      signal,
      onProgress: (progress) => transfer.progress(progress),
      onRetry: (notice) => transfer.retry(notice),
    };
    const result: TransferResult =
      local === '-'
        ? await client.download(path, stdoutSink(output), options)
        : await client.downloadFile(path, local, options);
    transfer.finish(result);
    return true;
  } catch (error) {
    transfer.fail(withHint(error, ['RETR'], 'If it is a folder, fetch it by: twinline mirror URL FOLDER'));
    const isOthers = error instanceof TakenOverError;
    const hint = plan.isMany || isOthers ? undefined : await howToGoOnWithPart(local, plan.call, plan.options);
    if (hint !== undefined) report.say(hint);
    return !endsEverything(error, signal);
  }
}
