/** Renders client-hostile-servers.md from the records of the rogue cases. */

import { rogueCases } from '../test/system/rogue/cases/index.ts';
import { expectationOf, type RogueCase, type Section, sections } from '../test/system/rogue/define-rogue-case.ts';

/** A cell of a table may hold neither a bar nor a line end. */
function cell(text: string): string {
  return text
    .replaceAll(/(?<!\\)\|/g, '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');
}

function exitCodesOf(record: RogueCase): string {
  const codes = new Set(record.modes.map((mode) => expectationOf(record, mode).exitCode));
  return [...codes].join(', ');
}

function lineOf(record: RogueCase): string {
  const { id, server, command, client, modes, todo } = record;
  const open = todo === undefined ? '' : `; **not yet**: ${todo}`;
  const cells = [`\`${id}\``, modes.join(', '), `\`${command.name}\``, server, `${client}${open}`, exitCodesOf(record)];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function renderSection(section: Section): readonly string[] {
  const own = rogueCases.filter((record) => record.section === section);
  const head = ['| Case | Modes | Command | The server | The client | Exit |', '|---|---|---|---|---|---|'];
  return [`## ${section}. ${sections[section]}`, '', ...head, ...own.map(lineOf), ''];
}

export function renderClientHostileServers(): string {
  const runs = rogueCases.reduce((sum, { modes }) => sum + modes.length, 0);
  const open = rogueCases.filter(({ todo }) => todo !== undefined).length;
  return [
    '# What the client does with servers that do not behave',
    '',
    'This page is made from the records in `test/system/rogue/cases` by `npm run docs`, and every row is a test: a server that does what the',
    'row says, and the command that meets it. A case asserts the exit code, the files that are there and those that are not, what is said,',
    'what was sent, an end within the timers of the client, and a bound on memory. How to add one stands in',
    '[testing](how-to/testing.md#rogue-servers).',
    '',
    `${rogueCases.length} cases, played ${runs} times: in clear, under TLS 1.2 and 1.3, with ECDSA and RSA certificates, explicit and implicit.`,
    open === 0 ? 'All of them pass.' : `${open} of them are known not to pass yet and say why.`,
    '',
    ...([1, 2, 3, 4, 5, 6, 7] as const).flatMap(renderSection),
  ].join('\n');
}
