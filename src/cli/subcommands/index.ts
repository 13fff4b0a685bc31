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
    name: 'cat',
    summary: 'Print files to standard output.',
    load: async () => (await import('./cat.ts')).cat,
  },
  {
    name: 'ls',
    summary: 'List a folder.',
    load: async () => (await import('./ls.ts')).ls,
  },
  {
    name: 'tree',
    summary: 'Draw a folder and all below it.',
    load: async () => (await import('./tree.ts')).tree,
  },
  {
    name: 'du',
    summary: 'Add up the bytes of folders.',
    load: async () => (await import('./du.ts')).du,
  },
  {
    name: 'stat',
    summary: 'Show all facts of files and folders.',
    load: async () => (await import('./stat.ts')).stat,
  },
  {
    name: 'mkdir',
    summary: 'Make folders.',
    load: async () => (await import('./mkdir.ts')).mkdir,
  },
  {
    name: 'rm',
    summary: 'Remove files and folders.',
    load: async () => (await import('./rm.ts')).rm,
  },
  {
    name: 'mv',
    summary: 'Rename or move files and folders.',
    load: async () => (await import('./mv.ts')).mv,
  },
  {
    name: 'chmod',
    summary: 'Change permission bits.',
    load: async () => (await import('./chmod.ts')).chmod,
  },
  {
    name: 'hash',
    summary: 'Print digests that the server makes of its files.',
    load: async () => (await import('./hash.ts')).hash,
  },
  {
    name: 'quote',
    summary: 'Send raw commands and print the replies.',
    load: async () => (await import('./quote.ts')).quote,
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
    name: 'shell',
    summary: 'Work on a server, command by command.',
    load: async () => (await import('./shell.ts')).shell,
  },
  {
    name: 'bookmark',
    summary: 'Keep URLs with their options under short names.',
    load: async () => (await import('./bookmark.ts')).bookmark,
  },
  {
    name: 'lab',
    summary: 'Judge an FTPS server or client, clause by clause.',
    load: async () => (await import('./lab.ts')).lab,
  },
  {
    name: 'conns',
    summary: 'Show TCP connections, and which of them belong to one FTP session.',
    load: async () => (await import('./conns.ts')).conns,
  },
  {
    name: 'topology',
    summary: 'Build a network of three hosts on this machine: client, firewall and server.',
    load: async () => (await import('./topology.ts')).topology,
  },
  {
    name: 'kill',
    summary: 'End a TCP connection of any program on purpose.',
    load: async () => (await import('./kill.ts')).kill,
  },
  {
    name: 'proxy',
    summary: 'Stand between a client and a server, and break their lines on purpose.',
    load: async () => (await import('./proxy.ts')).proxy,
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
