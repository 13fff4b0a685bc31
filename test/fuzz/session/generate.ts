/** Sessions at random: mostly what clients do, in an order that none would choose, with bytes that none would send. */

import type { Random } from '../../../src/testing/index.ts';
import { makeInput } from '../mutate.ts';
import { beginModes, serialiseScript, type SessionStep, simpleSteps } from './script.ts';

const paths = [
  'a',
  'big',
  'new',
  'sub',
  '/',
  '..',
  '../../etc',
  'sub/../a',
  '*',
  '[a',
  'x y ',
  '-l',
  '',
  '"',
  '\xc3\xbc',
  '\xff',
  'a/b',
];
const numbers = ['0', '1', '5', '3000000', '99999999999999999999', '-1', 'x', ''];
const dates = ['20121105223359', '20121105', 'x'];

type Verb = readonly [string, readonly string[]];

const verbs: readonly Verb[] = [
  ...(
    ['RETR', 'STOR', 'APPE', 'DELE', 'CWD', 'MKD', 'RMD', 'SIZE', 'MDTM', 'RNFR', 'RNTO', 'STAT', 'HASH'] as const
  ).map((verb): Verb => [verb, paths]),
  ...(['LIST', 'NLST', 'MLSD', 'MLST', 'XMD5', 'XSHA256', 'COMB'] as const).map((verb): Verb => [
    verb,
    ['', '-la', ...paths],
  ]),
  ...(['REST', 'ALLO', 'PBSZ', 'USER'] as const).map((verb): Verb => [verb, numbers]),
  ['TYPE', ['A', 'I', 'L 8', 'E', '']],
  ['MODE', ['S', 'Z', 'B', '']],
  ['STRU', ['F', 'R']],
  ['PROT', ['P', 'C', 'S', '']],
  ['AUTH', ['TLS', 'SSL', 'X']],
  ['EPSV', ['', '1', '2', 'ALL', 'x']],
  ['PASV', ['']],
  ['PORT', ['127,0,0,1,4,1', '127,0,0,1,0,1', '1,2,3,4,5,6', 'x']],
  ['EPRT', ['|1|127.0.0.1|1025|', '|2|::1|1025|', '|']],
  ['USER', ['user', 'reader', 'guest', 'nobody', '']],
  ['PASS', ['pass', 'wrong', '']],
  ['MFMT', dates.map((date) => `${date} a`)],
  ['MFF', ['Modify=20121105223359; a', 'UNIX.mode=0644; a', 'x']],
  ['OPTS', ['UTF8 ON', 'MLST type;size;', 'HASH SHA-1', 'x']],
  ['SITE', ['HELP', 'CHMOD 644 a', 'UTIME 20121105223359 a', 'MKDIR s', 'COPY a b', 'x', '']],
  ...(
    [
      'NOOP',
      'ABOR',
      'STAT',
      'PWD',
      'CDUP',
      'FEAT',
      'HELP',
      'SYST',
      'REIN',
      'STOU',
      'CCC',
      'QUIT',
      'LANG',
      'CLNT',
    ] as const
  ).map((verb): Verb => [verb, ['']]),
  ...(['HOST', 'ACCT', 'SMNT', 'AVBL', 'CSID', 'XYZZY', 'GET'] as const).map((verb): Verb => [verb, ['', 'x']]),
];

const noise = [
  '\0',
  '\xff\xf4\xff\xf2',
  '\xff\xfa',
  '\xff\xf0',
  '\r',
  '\n',
  '\x16\x03\x01\x02\x00\x01',
  'x'.repeat(9000),
  '\x80',
];

function commandLine(random: Random): string {
  const [verb, args] = random.pick(verbs);
  const argument = random.pick(args);
  const said = random.chance(0.1) ? verb.toLowerCase() : verb;
  return `${said}${argument === '' ? '' : ` ${argument}`}`;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Commands to send: one, several at once, or something that is none. */
function sending(random: Random): SessionStep {
  if (random.chance(0.04)) return { do: 'send', bytes: latin1(random.pick(noise)) };
  const lines = Array.from(
    { length: random.chance(0.8) ? 1 : random.between(2, 6) },
    () => `${commandLine(random)}\r\n`,
  );
  const bytes = latin1(lines.join(''));
  if (random.chance(0.05)) return { do: 'send', bytes: Buffer.from(makeInput(random, [bytes], noise)) };
  return { do: 'send', bytes };
}

/** A transfer as clients do it, with one thing left out or put wrong. */
function transfer(random: Random): SessionStep[] {
  const command = random.pick([
    'RETR a',
    'RETR big',
    'STOR new',
    'APPE new',
    'LIST',
    'MLSD',
    'NLST',
    'STOU',
    'RETR none',
  ]);
  const open: SessionStep[] = random.chance(0.8)
    ? [{ do: 'send', bytes: latin1(random.chance(0.7) ? 'EPSV\r\n' : 'PASV\r\n') }, { do: 'connect' }]
    : [{ do: 'active' }];
  const payload = Buffer.alloc(random.pick([0, 1, 1000, 300_000]), 'data\r\n');
  const before = random.chance(0.3) ? [random.pick(['MODE Z', 'TYPE A', 'REST 3', 'ALLO 12', 'EPSV ALL'])] : [];
  const steps: SessionStep[] = [
    ...before.map((text): SessionStep => ({ do: 'send', bytes: latin1(`${text}\r\n`) })),
    ...open,
    ...(random.chance(0.5) ? [{ do: 'data-tls' } as const] : []),
    { do: 'send', bytes: latin1(`${command}\r\n`) },
    { do: 'data', bytes: payload.subarray(0, random.chance(0.9) ? 2000 : payload.length) },
    ...(random.chance(0.2)
      ? [{ do: 'send', bytes: latin1(random.pick(['ABOR\r\n', 'STAT\r\n', 'NOOP\r\n'])) } as const]
      : []),
    { do: random.chance(0.8) ? 'data-fin' : 'data-reset' },
    { do: 'await' },
  ];
  return steps.filter(() => !random.chance(0.06));
}

/** One session as a script. */
export function generateSession(random: Random): Uint8Array {
  const steps: SessionStep[] = [{ do: 'begin', mode: random.pick(beginModes) }];
  for (let left = random.between(1, 14); left > 0; left -= 1) {
    if (random.chance(0.35)) steps.push(...transfer(random));
    else if (random.chance(0.75)) steps.push(sending(random));
    else steps.push({ do: random.pick(simpleSteps.slice(0, random.chance(0.15) ? undefined : -3)) });
  }
  return Buffer.from(serialiseScript(steps), 'latin1');
}
