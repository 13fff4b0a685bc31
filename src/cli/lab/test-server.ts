/** `twinline lab server URL`. */

import { displayUrl, parseFtpUrl } from '../../client/index.ts';
import { ConfigError } from '../../errors/index.ts';
import { runServerLab, serverCases, type ServerTarget } from '../../lab/index.ts';
import { printable } from '../../protocol/index.ts';
import { text } from '../client-options/index.ts';
import { readLogin } from '../client-options/login.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { parseByteSize, sizeForm } from '../serve/quantities.ts';
import { shellWord } from '../shell-word.ts';
import { showCases } from './list-cases.ts';
import { runToReport } from './finish-run.ts';
import { readProfile } from './profiles.ts';
import { readLabRun } from './read-lab-run.ts';

export async function testServer(urlText: string, options: OptionValues, output: Output): Promise<number> {
  const url = parseFtpUrl(urlText);
  const run = await readLabRun(serverCases, options, output, 4);
  const profile = await readProfile(options, 'server');
  if (options['dryRun'] === true) return showCases(run.cases, options, output);
  const { user = 'anonymous', password = 'anonymous@' } = await readLogin(url, options, output);
  const [file, secondAddress] = [text(options, 'file'), text(options, 'secondAddress')];
  const quotaBytes = readQuota(text(options, 'quota'));
  const target: ServerTarget = {
    host: url.host,
    port: url.port ?? (url.security === 'implicit' ? 990 : 21),
    security: url.security,
    user,
    password,
    ...(file === undefined ? {} : { file }),
    ...(secondAddress === undefined ? {} : { secondAddress }),
    ...(quotaBytes === undefined ? {} : { quotaBytes }),
  };
  const repeat = repeatCommand(target, options);
  const targetText = displayUrl(urlText);
  let folder: string | undefined;
  const onFolder = (now: string | undefined): void => {
    folder = now;
  };
  return runToReport(
    (signal) => runServerLab({ ...run, signal, targetText, repeat, target, onFolder }),
    profile,
    options,
    output,
    () => folder && `twinline: The folder ${printable(folder)} of the lab stays on the server: remove it there.`,
  );
}

const schemes = { explicit: 'ftpes', implicit: 'ftps', plain: 'ftp' } as const;

/** The command that judges the same server again, without the password. */
function repeatCommand({ host, port, security, user }: ServerTarget, options: OptionValues): string {
  const url = `${schemes[security]}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const given = (name: string, flag: string): readonly string[] => {
    const value = text(options, name);
    return value === undefined ? [] : [flag, value];
  };
  const words = [
    ...['twinline', 'lab', 'server', url],
    ...(user === 'anonymous' ? [] : ['-u', user]),
    ...given('file', '--file'),
    ...given('secondAddress', '--second-address'),
    ...given('quota', '--quota'),
  ];
  return words.map(shellWord).join(' ');
}

function readQuota(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const bytes = parseByteSize(given);
  if (bytes === undefined) throw new ConfigError('ERR_TWINLINE_CONFIG', `--quota "${given}" is not ${sizeForm}.`);
  return bytes;
}
