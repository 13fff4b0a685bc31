/** The first screen: where the server is, who may log in, and lines to paste that try it. */

import { relative } from 'node:path';
import { styleText } from 'node:util';
import { printable } from '../../protocol/index.ts';
import type { ListeningAddress } from '../../server/index.ts';
import { shellWord } from '../shell-word.ts';
import { formatHostPort } from './listen-address.ts';
import type { LogFormatName } from '../log-formats/index.ts';

/** Everything that the first screen shows. */
export interface FirstScreenFacts {
  readonly addresses: readonly ListeningAddress[];
  /** Folder that is served. */
  readonly root: string;
  /** Undefined when TLS is off. */
  readonly certificate: { readonly fingerprint256: string; readonly selfSignedFile: string | undefined } | undefined;
  readonly userNames: readonly string[];
  /** Where users come from whose names are not known here, as in `users-http`; undefined: from nowhere. */
  readonly usersFrom: string | undefined;
  /** Of the demo user; undefined when the users are the operator's. */
  readonly demo: { readonly name: string; readonly password: string } | undefined;
  /** A file in the root that can be fetched; undefined when none is known. */
  readonly exampleFile: string | undefined;
  readonly logFormat: LogFormatName;
  /** How the command is called here: `twinline`, or `npx twinline` under npm. */
  readonly command: string;
  readonly workingDirectory: string;
  readonly colour: boolean;
}

/** The whole text. */
export function firstScreen(facts: FirstScreenFacts): string {
  const strong = (text: string): string => (facts.colour ? styleText('bold', text, { validateStream: false }) : text);
  const rows = factRows(facts);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    strong('Twinline is ready.'),
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    'Try it from another terminal, in this folder:',
    '',
    ...pasteLines(facts).map((line) => `  ${strong(line)}`),
    '',
    `Ctrl-C stops the server and lets running transfers finish. ${logHint(facts.logFormat)}`,
    '',
  ].join('\n');
}

function factRows(facts: FirstScreenFacts): readonly (readonly [string, string])[] {
  const rows: [string, string][] = facts.addresses.map((address) => [
    addressName(address, facts),
    `${schemeOf(address, facts)}://${formatHostPort(address)}`,
  ]);
  rows.push(['Files', printable(shortPath(facts.root, facts))]);
  const { certificate, demo } = facts;
  if (certificate?.selfSignedFile !== undefined)
    rows.push(['Certificate', shortPath(certificate.selfSignedFile, facts)]);
  if (certificate !== undefined) rows.push(['SHA-256', certificate.fingerprint256]);
  rows.push(userRow(facts));
  if (demo !== undefined) rows.push(['Password', demo.password]);
  return rows;
}

function userRow({ userNames, usersFrom }: FirstScreenFacts): [string, string] {
  const names = userNames.map(printable);
  if (usersFrom !== undefined) return ['Users', [...names, `whom ${usersFrom} lets in`].join(', ')];
  if (names.length === 0) return ['Users', 'none yet; add them with twinline user add'];
  return [names.length === 1 ? 'User' : 'Users', names.join(', ')];
}

function addressName({ mode }: ListeningAddress, facts: FirstScreenFacts): string {
  if (facts.certificate === undefined) return 'FTP in clear';
  return mode === 'implicit' ? 'Implicit FTPS' : 'Explicit FTPS';
}

function schemeOf({ mode }: ListeningAddress, facts: FirstScreenFacts): string {
  if (facts.certificate === undefined) return 'ftp';
  return mode === 'implicit' ? 'ftps' : 'ftpes';
}

/** One line for curl and one for the client of Twinline; they work as they are, but for passwords that only others know. */
function pasteLines(facts: FirstScreenFacts): readonly string[] {
  const [address] = facts.addresses;
  if (address === undefined) return [];
  const login = shellWord(
    facts.demo === undefined ? (facts.userNames[0] ?? 'NAME') : `${facts.demo.name}:${facts.demo.password}`,
  );
  const place = `${formatHostPort({ host: reachable(address.host), port: address.port })}/${facts.exampleFile ?? ''}`;
  const selfSigned = facts.certificate?.selfSignedFile;
  const trust = selfSigned === undefined ? '' : ` --cacert ${shellWord(shortPath(selfSigned, facts))}`;
  const curlTls = facts.certificate === undefined || address.mode === 'implicit' ? '' : ' --ssl-reqd';
  const curlScheme = address.mode === 'implicit' ? 'ftps' : 'ftp';
  const verb = facts.exampleFile === undefined ? 'ls' : 'get';
  return [
    `curl${trust}${curlTls} -u ${login} ${curlScheme}://${place}`,
    `${facts.command} ${verb}${trust} -u ${login} ${schemeOf(address, facts)}://${place}`,
  ];
}

/** An address that a client on this machine can use where the server listens on all of them. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function shortPath(path: string, { workingDirectory }: FirstScreenFacts): string {
  const short = relative(workingDirectory, path);
  return short === '' || short.startsWith('..') ? path : short;
}

function logHint(format: LogFormatName): string {
  return format === 'pretty'
    ? 'The log follows; --log-format filezilla or json writes it for other readers.'
    : 'The log goes to standard output.';
}
