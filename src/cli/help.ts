/** The help texts of the command and of its subcommands, with examples, environment and exit codes. */

import type { Command } from 'commander';
import { buildCommand } from './command-line.ts';
import type { Subcommand } from './define-subcommand.ts';
import { environmentMeanings } from './environment.ts';
import { exitCodeMeanings } from './exit-codes.ts';
import { subcommands } from './subcommands/index.ts';

/** Help of the whole command. */
export function generalHelp(version: string): string {
  return [
    `twinline ${version}: FTPS that people can rely on and understand.`,
    '',
    'Usage: twinline <command> [options]',
    '',
    section(
      'Commands:',
      subcommands.map(({ name, summary }) => [name, summary]),
    ),
    section('Options:', [
      ['-h, --help', 'Show this help, or that of a command: twinline get --help'],
      ['-V, --version', 'Show the version.'],
    ]),
    section('Examples:', [
      ['twinline serve', 'a server on this machine, with files to try'],
      ['twinline ls -u anna ftpes://files.example.org/', 'a folder over TLS, the certificate verified'],
      ['twinline serve --help', 'all that the server can be told'],
    ]),
    commonSections(),
  ].join('\n');
}

/** Help of one subcommand. */
export function subcommandHelp(record: Subcommand): string {
  const usage = buildCommand(record);
  usage.configureHelp({
    helpWidth: helpWidth(),
    commandUsage: (command: Command) => `twinline ${command.name()} ${command.usage()}`,
  });
  const examples = record.examples.flatMap(({ line, says }) => [`  ${line}`, `      ${says}`]);
  const notes = record.notes?.length ? `${record.notes.map(wrap).join('\n\n')}\n` : '';
  return [
    usage.helpInformation(),
    examples.length > 0 ? `Examples:\n${examples.join('\n')}\n` : '',
    notes,
    commonSections(),
  ]
    .filter(Boolean)
    .join('\n');
}

function commonSections(): string {
  return [
    section(
      'Environment:',
      environmentMeanings.map(({ name, meaning }) => [name, meaning]),
    ),
    section(
      'Exit codes:',
      exitCodeMeanings.map(({ code, meaning }) => [String(code), meaning]),
    ),
  ].join('\n');
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return `${title}\n${rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')}\n`;
}

function helpWidth(): number {
  return Math.min(process.stdout.columns ?? 100, 100);
}

function wrap(text: string): string {
  const width = helpWidth();
  let line = '';
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
