/** Which options each action of `twinline lab` takes: what would be ignored is refused, `--dry-run` before all. */

import type { OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';
import { labOptions } from './lab-options.ts';

const choosing = ['only', 'skip'];
const running = [
  ...choosing,
  'intrusive',
  'dryRun',
  'json',
  'seed',
  'parallel',
  'report',
  'pcap',
  'profile',
  'saveProfile',
];
const network = ['topology', 'cutFrom', 'keep'];
const ends = ['server', 'user', 'file', 'tls', 'preset', 'client', 'clientUpload'];

const taken: Readonly<Record<string, readonly string[]>> = {
  server: [...running, 'user', 'file', 'secondAddress', 'quota'],
  client: [...running, 'preset', 'task'],
  note: ['seed', 'report', 'pcap', 'line', 'kind', ...ends, ...network],
  compare: ['report', 'onlyDifferences'],
  list: [...choosing, 'json'],
};

/** Throws `UsageError` for an option that is for other actions only. */
export function checkOptionsOf(action: string, options: OptionValues): void {
  for (const { flags } of labOptions) {
    const flag = /--[a-z-]+/.exec(flags)?.[0] ?? '';
    const name = flag.slice(2).replaceAll(/-([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
    if (options[name] === undefined || taken[action]?.includes(name)) continue;
    const others = Object.keys(taken).filter((other) => taken[other]?.includes(name));
    throw new UsageError(`lab ${action} takes no ${flag}; it is for lab ${others.join(' and lab ')}.`);
  }
}
