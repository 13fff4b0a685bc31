/** The log formats by name; each is loaded when it is chosen. */

import type { LogFormat, LogFormatOptions } from './log-format.ts';

export const logFormatNames = ['pretty', 'filezilla', 'json'] as const;
export type LogFormatName = (typeof logFormatNames)[number];

export const logFormats: Readonly<Record<LogFormatName, (options: LogFormatOptions) => Promise<LogFormat>>> = {
  pretty: async (options) => (await import('./pretty.ts')).createPrettyFormat(options),
  filezilla: async () => (await import('./filezilla.ts')).createFileZillaFormat(),
  json: async () => (await import('./json.ts')).createJsonFormat(),
};
