/** The options of `twinline proxy`, by what they are about. */

import { tlsOptions } from '../client-options/tls.ts';
import type { OptionRecord } from '../define-subcommand.ts';

const listening: readonly OptionRecord[] = [
  { flags: '--listen <host:port>', description: 'Where clients come to', defaultText: '127.0.0.1:2121' },
  {
    flags: '--blind',
    description: 'Pass TLS through unread: the server shows its own certificate, and only bytes and time are seen.',
  },
  {
    flags: '--forward-ports <min-max>',
    description: 'With --blind: data ports of the server that are listened on and passed on one to one',
  },
  {
    flags: '--passive-ports <min-max>',
    description: 'Ports for data lines that clients open',
    defaultText: 'any free port',
  },
  {
    flags: '--announce <address>',
    description: 'The IPv4 address that clients are told in 227',
    defaultText: 'the one they have reached',
  },
  {
    flags: '--max-client-tls <version>',
    description: 'Offer clients no newer TLS than 1.2 or 1.3',
    defaultText: '1.3',
  },
  {
    flags: '--data-dir <folder>',
    description: 'Where the authority of the proxy is kept',
    defaultText: 'twinline/proxy in the state folder of the user',
  },
];

const shared = new Set(['--insecure', '--cacert', '--pin', '--pinnedpubkey', '--tlsv1.2', '--tlsv1.3', '--tls-max']);

/** What the server must be, as for the client. */
const server: readonly OptionRecord[] = tlsOptions
  .filter(({ flags }) => flags.split(/[ ,]+/).some((word) => shared.has(word)))
  .map((record) => ({ ...record, group: 'The server:' }));

const faults: readonly OptionRecord[] = [
  { flags: '--fault <rule>', description: 'A fault, as described below', repeatable: true, group: 'Faults:' },
  { flags: '--scenario <file>', description: 'Faults and seed from a TOML file', group: 'Faults:' },
  {
    flags: '--seed <number>',
    description: 'The seed of every random choice',
    defaultText: 'a new one, printed',
    group: 'Faults:',
  },
  {
    flags: '--api <host:port>',
    description: 'Also change faults, list sessions and cut lines over HTTP, with the token that is printed',
    group: 'Faults:',
  },
];

const output: readonly OptionRecord[] = [
  { flags: '--record <file>', description: 'Write what happens to a file of JSON lines', group: 'Output:' },
  { flags: '--report <file>', description: 'At the end, draw what happened as one HTML file', group: 'Output:' },
  {
    flags: '--draw <recording>',
    description: 'Draw a recording into the file of --report, and run no proxy',
    group: 'Output:',
  },
  { flags: '--json', description: 'Print what happens as JSON lines', group: 'Output:' },
  { flags: '-q, --quiet', description: 'Print the first lines and faults only.', group: 'Output:' },
];

export const proxyOptions: readonly OptionRecord[] = [...listening, ...server, ...faults, ...output];
