/** One small operation on each of several paths: a refusal is told and the next one is tried. */

import type { Client } from '../../client/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { errorsOnly } from '../display/index.ts';
import type { Output } from '../output.ts';
import { endsEverything } from './over-sessions.ts';
import { pathsMeant } from './remote-glob.ts';
import { type ClientRun, runClient } from './run-client.ts';
import { readCalls, withoutSlash } from './same-server.ts';

/** Resolves to the exit code, that of the worst. Patterns in the URLs are expanded where the options of the command know `glob`. */
export async function eachPath(
  urls: readonly string[],
  options: OptionValues,
  output: Output,
  work: (client: Client, path: string, run: ClientRun) => Promise<void>,
): Promise<number> {
  const { call, paths } = await readCalls(urls, options, output);
  return runClient(call, errorsOnly(options, output), output, async (client, run) => {
    for (const path of await pathsMeant(client, paths.map(withoutSlash), options, run)) {
      try {
        await work(client, path, run);
      } catch (error) {
        run.report.error(error, path);
        if (endsEverything(error, run.signal) || !client.isConnected) return;
      }
    }
  });
}
