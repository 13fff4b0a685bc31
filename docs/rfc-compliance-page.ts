/** Renders rfc-compliance.md from the records of the commands. */

import { generalRequirements } from '../src/server/commands/general-requirements.ts';
import { commandTable } from '../src/server/commands/index.ts';
import { missingVerbs } from '../src/server/commands/not-implemented.ts';
import type { Requirement } from '../src/server/commands/requirement.ts';

interface Row {
  readonly verbs: readonly string[];
  readonly requirement: Requirement;
}

const documents: Readonly<Record<string, string>> = {
  'RFC 959': 'File Transfer Protocol',
  'RFC 1123': 'Requirements for Internet Hosts, section 4.1',
  'RFC 854': 'Telnet, as far as the control connection needs it',
  'RFC 1639': 'FTP over big address records',
  'RFC 2228': 'FTP Security Extensions',
  'RFC 2389': 'Feature negotiation',
  'RFC 2428': 'FTP Extensions for IPv6 and NATs',
  'RFC 2577': 'FTP Security Considerations',
  'RFC 2640': 'Internationalization',
  'RFC 3659': 'Extensions to FTP',
  'RFC 4217': 'Securing FTP with TLS',
  'RFC 7151': 'HOST: virtual hosts',
  'draft-somers-ftp-mfxx': 'MFMT, MFCT and MFF',
  'draft-bryan-ftpext-hash': 'HASH',
  'draft-preston-ftpext-deflate': 'MODE Z',
  'draft-peterson-streamlined-ftp-command-extensions': 'AVBL and CSID',
  practice: 'What clients rely on without a document',
};

function rows(): readonly Row[] {
  return [
    ...generalRequirements.map((requirement) => ({ verbs: [], requirement })),
    ...commandTable.all.flatMap(({ verbs, requirements }) =>
      requirements.map((requirement) => ({ verbs, requirement })),
    ),
    ...missingVerbs,
  ];
}

/** `4.1.2.10` behind `4.1.2.9`, names behind numbers. */
function compareSections(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

function lineOf({ verbs, requirement }: Row): string {
  const { section, text, status, reason } = requirement;
  const told = reason === undefined ? status : `${status}: ${reason}`;
  return `| ${section} | ${verbs.join(', ')} | ${text} | ${told} |`;
}

function renderDocument(document: string, all: readonly Row[]): readonly string[] {
  const own = all.filter(({ requirement }) => requirement.document === document);
  if (own.length === 0) return [];
  const sorted = own.toSorted((one, other) => compareSections(one.requirement.section, other.requirement.section));
  const name = document === 'practice' ? 'In use' : document;
  const head = ['| Section | Command | What is asked | Here |', '|---|---|---|---|'];
  return [`## ${name}: ${documents[document] ?? ''}`, '', ...head, ...sorted.map(lineOf), ''];
}

function count(all: readonly Row[], status: Requirement['status']): number {
  return all.filter(({ requirement }) => requirement.status === status).length;
}

export function renderRfcCompliance(): string {
  const all = rows();
  const strangers = all.filter(({ requirement }) => !(requirement.document in documents));
  if (strangers.length > 0) throw new Error(`No title for ${strangers[0]?.requirement.document}.`);
  return [
    '# What the RFCs ask, and what the server does',
    '',
    'This page is made from the records of the commands in `src/server/commands` by `npm run docs`. A row is one thing that one section',
    'asks for; where it is not kept in full the reason stands beside it. The clauses are held by the tests of the commands.',
    '',
    `${all.length} requirements: ${count(all, 'kept')} kept, ${count(all, 'in part')} in part, ${count(all, 'not kept')} not kept.`,
    '',
    ...Object.keys(documents).flatMap((document) => renderDocument(document, all)),
  ].join('\n');
}
