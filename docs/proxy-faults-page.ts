/** Renders proxy-faults.md from the records of the faults. */

import { type FaultParameter, type FaultRecord, faultRecords, valueForms } from '../src/lab/index.ts';
import { cellText } from './lab-cases-text.ts';

function parameterText({ name, kind, says, word, byDefault }: FaultParameter): string {
  const form = word === undefined ? valueForms[kind] : `\`${word}\` and ${valueForms[kind]}`;
  const rest = byDefault === undefined ? '' : `; ${byDefault === 0 ? 'none' : `\`${byDefault}\``} without it`;
  return `\`${name}\`: ${form} (${says}${rest})`;
}

function sectionOf(record: FaultRecord): string {
  const { name, aliases = [], summary, parameters, line, direction, isLineFixed, times } = record;
  const target =
    isLineFixed === true
      ? `the ${line} line`
      : `${line === 'both' ? 'both lines' : `the ${line} line`}${direction === 'both' ? '' : `, ${direction}`}, unless the rule says otherwise`;
  return [
    `## \`${name}\``,
    '',
    `${summary}${aliases.length === 0 ? '' : ` Also written ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`}`,
    '',
    '| | |',
    '|---|---|',
    `| About | ${target} |`,
    ...(parameters.length === 0 ? [] : [`| Values | ${parameters.map(parameterText).join('<br>')} |`]),
    `| Happens | ${times === 'once' ? 'once, unless the rule says `times N` or `always`' : 'every time, unless the rule says `times N`'} |`,
    `| The client sees | ${cellText(record.clientSees)} |`,
    `| The server sees | ${cellText(record.serverSees)} |`,
    `| Clause | ${cellText(record.clause)} |`,
    `| Rules | ${record.examples.map((example) => `\`${example}\``).join('<br>')} |`,
  ].join('\n');
}

export function renderProxyFaults(): string {
  const links = faultRecords.map(({ name }) => `[\`${name}\`](#${name})`).join(' · ');
  return [
    '# The faults of `twinline proxy`',
    '',
    'Made from the records in `src/lab/faults` (`npm run docs`); a test shows each of them. How rules are written and when faults',
    'happen is in [how to break a connection on purpose](how-to/proxy.md).',
    '',
    links,
    '',
    faultRecords.map(sectionOf).join('\n\n'),
    '',
  ].join('\n');
}
