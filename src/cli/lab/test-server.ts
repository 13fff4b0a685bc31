/** `twinline lab server URL`. */

import { displayUrl, parseFtpUrl } from '../../client/index.ts';
import { ConfigError } from '../../errors/index.ts';
import { runServerLab, serverCases } from '../../lab/index.ts';
import { text } from '../client-options/index.ts';
import { readLogin } from '../client-options/login.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { withInterrupts } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { parseByteSize, sizeForm } from '../serve/quantities.ts';
import { showCases } from './list-cases.ts';
import { finishRun } from './finish-run.ts';
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
  const report = await withInterrupts(output, undefined, (signal) =>
    runServerLab({
      ...run,
      signal,
      targetText: displayUrl(urlText),
      target: {
        host: url.host,
        port: url.port ?? (url.security === 'implicit' ? 990 : 21),
        security: url.security,
        user,
        password,
        ...(file === undefined ? {} : { file }),
        ...(secondAddress === undefined ? {} : { secondAddress }),
        ...(quotaBytes === undefined ? {} : { quotaBytes }),
      },
    }),
  );
  return finishRun(report, profile, options, output);
}

function readQuota(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const bytes = parseByteSize(given);
  if (bytes === undefined) throw new ConfigError('ERR_TWINLINE_CONFIG', `--quota "${given}" is not ${sizeForm}.`);
  return bytes;
}
