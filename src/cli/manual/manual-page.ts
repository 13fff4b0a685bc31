/** Manual pages (section 1), made from the records of the subcommands like their help. */

import { type OptionRecord, optionNote, type Subcommand } from '../define-subcommand.ts';
import { environmentMeanings } from '../environment.ts';
import { exitCodeMeanings } from '../exit-codes.ts';
import type { SubcommandEntry } from '../subcommands/index.ts';
import { roffArgument, roffLine, roffSection, roffTerm } from './roff.ts';

function heading(name: string, version: string): string {
  const title = roffArgument(name.toUpperCase());
  // Flush left: filling lines up to the right margin would tear command lines apart.
  return `.TH ${title} 1 "" ${roffArgument(`Twinline ${version}`)} "Twinline Manual"\n.ad l`;
}

function commonSections(seeAlso: readonly string[]): string[] {
  return [
    ...roffSection(
      'ENVIRONMENT',
      environmentMeanings.flatMap(({ name, meaning }) => roffTerm(name, meaning)),
    ),
    ...roffSection(
      'EXIT STATUS',
      exitCodeMeanings.flatMap(({ code, meaning }) => roffTerm(String(code), meaning)),
    ),
    ...roffSection('SEE ALSO', [seeAlso.map((name) => `.BR ${roffArgument(name)} (1)`).join('\n')]),
  ];
}

/** `twinline.1`: the command with the list of its subcommands. */
export function mainManualPage(version: string, entries: readonly SubcommandEntry[]): string {
  const lines = [
    heading('twinline', version),
    ...roffSection('NAME', [roffLine('twinline - FTPS server and client that people can rely on and understand')]),
    ...roffSection('SYNOPSIS', ['.B twinline', '.I command', '[options]']),
    ...roffSection('DESCRIPTION', [
      roffLine(
        'Twinline serves and moves files over FTP with TLS. Each command has a manual page of its own, twinline-get(1) ' +
          'for example, and its options are also shown by twinline get --help.',
      ),
    ]),
    ...roffSection(
      'COMMANDS',
      entries.flatMap(({ name, summary }) => roffTerm(name, summary)),
    ),
    ...roffSection('OPTIONS', [
      ...roffTerm('-h, --help', 'Show the help, or that of a command behind its name.'),
      ...roffTerm('-V, --version', 'Show the version.'),
    ]),
    ...commonSections(entries.map(({ name }) => `twinline-${name}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function optionTerm(option: OptionRecord): string[] {
  return roffTerm(option.flags, `${option.description}${optionNote(option)}`);
}

/** The headings of the options in the order of their first option. */
function optionSections(options: readonly OptionRecord[]): string[] {
  const byGroup = Map.groupBy(options, ({ group }) => group ?? 'Options:');
  return [...byGroup].flatMap(([group, records]) =>
    roffSection(group.replace(/:$/, '').toUpperCase(), records.flatMap(optionTerm)),
  );
}

/** `twinline-NAME.1`. */
export function manualPage(version: string, record: Subcommand): string {
  const name = `twinline-${record.name}`;
  const words = record.arguments.map(({ notation }) => notation).join(' ');
  const lines = [
    heading(name, version),
    ...roffSection('NAME', [roffLine(`${name} - ${record.summary.replace(/\.$/, '')}`)]),
    ...roffSection('SYNOPSIS', [`.B ${roffArgument(`twinline ${record.name}`)}`, roffLine(`[options] ${words}`)]),
    ...roffSection('DESCRIPTION', [
      roffLine(record.summary),
      ...record.arguments.flatMap(({ notation, description }) => roffTerm(notation, description)),
      ...(record.notes ?? []).flatMap((note) => ['.PP', roffLine(note)]),
    ]),
    ...optionSections(record.options),
    ...roffSection(
      'EXAMPLES',
      record.examples.flatMap(({ line, says }) => [
        '.PP',
        roffLine(`${says}:`),
        '.PP',
        '.RS 4',
        '.nf',
        roffLine(line),
        '.fi',
        '.RE',
      ]),
    ),
    ...commonSections(['twinline']),
  ];
  return `${lines.join('\n')}\n`;
}
