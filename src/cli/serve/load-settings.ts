/** Reads options and configuration file into settings: for the start, for a reload, and for `twinline config`. */

import type { OptionValues } from '../define-subcommand.ts';
import { readConfigFile } from './config-file.ts';
import { GivenSettings } from './given-settings.ts';
import { resolveSettings, type ServeSettings } from './settings.ts';

export interface LoadedSettings {
  readonly settings: ServeSettings;
  readonly given: GivenSettings;
}

/** Throws the one problem, or `ConfigProblems` with all that can be found at once. */
export async function loadSettings(options: OptionValues): Promise<LoadedSettings> {
  const file = options['config'];
  const read = typeof file === 'string' ? await readConfigFile(file) : { settings: new Map(), problems: [] };
  const given = new GivenSettings(options, read.settings);
  return { given, settings: resolveSettings(given, read.problems) };
}
