/** The subcommands by name and summary; each is loaded when it is called, so that a call pays for nothing else. */

import type { Subcommand } from '../define-subcommand.ts';

export interface SubcommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Subcommand>;
}

export const subcommands: readonly SubcommandEntry[] = [
  {
    name: 'serve',
    summary: 'Run an FTPS server.',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'get',
    summary: 'Download files.',
    load: async () => (await import('./get.ts')).get,
  },
  {
    name: 'put',
    summary: 'Upload files.',
    load: async () => (await import('./put.ts')).put,
  },
  {
    name: 'ls',
    summary: 'List a folder.',
    load: async () => (await import('./ls.ts')).ls,
  },
  {
    name: 'mirror',
    summary: 'Make a folder like another one, from a server or to it.',
    load: async () => (await import('./mirror.ts')).mirror,
  },
  {
    name: 'sync-check',
    summary: 'Say how two folders differ, and move nothing.',
    load: async () => (await import('./sync-check.ts')).syncCheck,
  },
  {
    name: 'sessions',
    summary: 'Show who is connected to a running server, and end sessions.',
    load: async () => (await import('./sessions.ts')).sessions,
  },
  {
    name: 'user',
    summary: 'Look after the users of a server.',
    load: async () => (await import('./user.ts')).user,
  },
  {
    name: 'ban',
    summary: 'See and change who a server refuses.',
    load: async () => (await import('./ban.ts')).ban,
  },
  {
    name: 'config',
    summary: 'Check, print or begin a configuration file.',
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'completion',
    summary: 'Print the completion script of a shell.',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'manual',
    summary: 'Print the manual page of a command.',
    load: async () => (await import('./manual.ts')).manual,
  },
];

/** All records, for what is made from them. */
export function loadSubcommands(): Promise<readonly Subcommand[]> {
  return Promise.all(subcommands.map((entry) => entry.load()));
}
