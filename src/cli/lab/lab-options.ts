/** The options of `twinline lab`, by what they are about. */

import { clientPresets, networkProfiles } from '../../lab/index.ts';
import type { OptionRecord } from '../define-subcommand.ts';

function namesOf(known: readonly { readonly name: string }[]): string {
  return known.map(({ name }) => name).join(', ');
}

const choosing: readonly OptionRecord[] = [
  {
    flags: '--only <case>',
    description:
      'An id, the beginning of ids, a row of the catalogue, or smoke for the smallest set that tells something',
    repeatable: true,
  },
  { flags: '--skip <case>', description: 'The same, left out', repeatable: true },
  { flags: '--intrusive', description: 'Also what floods, fills, bans or leaves something behind.' },
  { flags: '--dry-run', description: 'With server and client: list what would be run, and connect to nobody.' },
];

const running: readonly OptionRecord[] = [
  { flags: '--seed <number>', description: 'The seed of every random choice', defaultText: 'a new one, printed' },
  { flags: '--parallel <count>', description: 'Cases at once', defaultText: '4; for clients two per core' },
];

const server: readonly OptionRecord[] = [
  { flags: '-u, --user <name[:password]>', description: 'Log in as this user; anonymous without it', group: 'Server:' },
  {
    flags: '--file <path>',
    description: 'A file of the server, best of 32 to 256 MiB, to download where nothing may be written',
    group: 'Server:',
  },
  {
    flags: '--second-address <address>',
    description: 'Another address of this machine, to come from as a third party',
    group: 'Server:',
  },
  {
    flags: '--quota <size>',
    description: 'Room that the user has on the server, to be filled with --intrusive',
    defaultText: 'what AVBL tells',
    group: 'Server:',
  },
];

const client: readonly OptionRecord[] = [
  {
    flags: '--preset <name>',
    description: `A client that the lab knows: ${namesOf(clientPresets)}; for notes: curl`,
    group: 'Client:',
  },
  {
    flags: '--task <name>',
    description: 'What the command behind -- does: download, upload, list, active, resume, tree or keepalive',
    defaultText: 'download',
    group: 'Client:',
  },
];

const reports: readonly OptionRecord[] = [
  {
    flags: '--report <format=file>',
    description:
      'Also write the report to a file: json, json-summary, junit, sarif, markdown or html; with compare: markdown or html',
    repeatable: true,
    group: 'Reports:',
  },
  {
    flags: '--profile <name|file>',
    description: 'Be loud only about what differs from what is known of a product',
    group: 'Reports:',
  },
  {
    flags: '--save-profile <file>',
    description: 'Write what was seen as a profile; reasons that are in the file already are kept',
    group: 'Reports:',
  },
  {
    flags: '--only-differences',
    description: 'With compare: leave out the cases that all agree on.',
    group: 'Reports:',
  },
  {
    flags: '--pcap <file>',
    description:
      'Keep the packets with the keys of TLS in this file (pcapng): those of the lab, or of a note across a topology, whose keys are ' +
      'in FILE.keys too. Needs root or CAP_NET_RAW.',
    group: 'Reports:',
  },
  { flags: '--json', description: 'With list: one JSON object a line.', group: 'Reports:' },
];

const notes: readonly OptionRecord[] = [
  {
    flags: '--line <control|data>',
    description: 'Which line is cut in control-loss; data, as the author of the note did',
    defaultText: 'control',
    group: 'Notes:',
  },
  {
    flags: '--kind <reset|fin>',
    description: 'How the control line is cut in control-loss',
    defaultText: 'reset',
    group: 'Notes:',
  },
  { flags: '--server <url>', description: 'Another server than the embedded one', group: 'Notes:' },
  {
    flags: '--client <command>',
    description:
      'Another client than the embedded one: twinline, patient (of the lab), or a command that downloads, with places such as {url}',
    defaultText: 'twinline; patient with --server',
    group: 'Notes:',
  },
  { flags: '--client-upload <command>', description: 'The same for the upload', group: 'Notes:' },
  { flags: '--tls <1.2|1.3|none>', description: 'TLS of the embedded server', defaultText: '1.3', group: 'Notes:' },
  {
    flags: '--topology <profile>',
    description: `Run server and client on two hosts, with a firewall of this profile between them: ${namesOf(networkProfiles)}; needs root`,
    group: 'Notes:',
  },
  {
    flags: '--cut-from <firewall|client|server>',
    description: 'Who ends the control line across a topology',
    defaultText: 'firewall',
    group: 'Notes:',
  },
  {
    flags: '--keep <folder>',
    description: 'Run in this folder, and leave the files of both ends there',
    group: 'Notes:',
  },
];

export const labOptions: readonly OptionRecord[] = [
  ...choosing,
  ...running,
  ...server,
  ...client,
  ...notes,
  ...reports,
];
