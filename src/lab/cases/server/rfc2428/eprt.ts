/** G01 to G08: EPRT. */

import { defineServerCase, type Seen, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import type { Level } from '../../../engine/verdict.ts';
import { familyOf, isLoopback, needFamily } from '../../../server-lab/families.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import { extendedArgument } from '../../../server-lab/port-argument.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

const clause = 'RFC 2428 section 2';

type Outcome = 'served' | 'refused' | 'not-connected' | 'not-reached' | 'spoiled';

/** EPRT with that delimiter, and a download over the connection that the server makes. */
async function downloadActively(lab: ServerLab, session: LabSession, delimiter: string): Promise<Seen<Outcome>> {
  const file = await lab.file(64 * 1024);
  const port = await session.listen();
  const argument = extendedArgument(port.host, port.port, delimiter);
  // With an unusual delimiter, 500 says that the argument is not understood.
  const reply = await (delimiter === '|'
    ? session.implemented(`EPRT ${argument}`)
    : session.command(`EPRT ${argument}`));
  if (reply.code !== 200) return { outcome: 'refused', facts: reply.text };
  const [first, line] = await Promise.all([session.command(`RETR ${file.path}`), port.accepted.catch(() => undefined)]);
  if (line === undefined) {
    return { outcome: isLoopback(port.host) ? 'not-connected' : 'not-reached', facts: `${reply.text}; ${first.text}` };
  }
  await line.secured;
  const bytes = await line.finish();
  const done = classOf(first) === 1 ? await session.reply() : first;
  const isDone = classOf(done) === 2 && bytes.equals(file.bytes);
  return { outcome: isDone ? 'served' : 'spoiled', facts: `${reply.text}; ${done.text}` };
}

const downloadOutcomes = {
  served: {
    grade: 'pass',
    says: 'EPRT is answered by 200, and a file comes over the connection that the server makes',
  },
  refused: { grade: 'info', says: 'EPRT is refused; the server may have active mode switched off' },
  'not-connected': { grade: 'broken', says: 'EPRT is answered by 200, and the server does not connect' },
  'not-reached': { grade: 'info', says: 'EPRT is answered by 200, and no connection reaches this machine' },
  spoiled: { grade: 'broken', says: 'the server connects, and the file does not come' },
} as const;

function ownFamilyCase(row: string, family: 1 | 2): ServerCase {
  return defineServerCase<Outcome>({
    id: `rfc2428/2/eprt-${family}`,
    row,
    area: 'addressing',
    level: 'MUST',
    clause,
    requirement: `EPRT with the address of the client in family ${family} is answered by 200, and the server connects there.`,
    outcomes: downloadOutcomes,
    advice:
      'Answer 200 to EPRT and connect to the port when a transfer is asked for; the client stays the client of TLS.',
    needs: [family === 1 ? 'ipv4' : 'ipv6'],
    async run(lab) {
      const session = await lab.open();
      needFamily(lab, session, family);
      return downloadActively(lab, session, '|');
    },
  });
}

export const eprtOverIpv4 = ownFamilyCase('G01', 1);
export const eprtOverIpv6 = ownFamilyCase('G02', 2);

function delimiterCase(row: string, slug: string, delimiter: string): ServerCase {
  return defineServerCase<Outcome>({
    id: `rfc2428/2/eprt-delimiter-${slug}`,
    row,
    area: 'addressing',
    level: 'MUST',
    clause,
    requirement: `The delimiter of EPRT may be any character from 33 to 126, ${delimiter} too.`,
    outcomes: {
      ...downloadOutcomes,
      refused: { grade: 'broken', says: `EPRT with the delimiter ${delimiter} is refused, and with | it is not` },
    },
    advice: 'Take the first character of the argument for the delimiter.',
    async run(lab) {
      const session = await lab.open();
      await needEprt(lab, session);
      return downloadActively(lab, session, delimiter);
    },
  });
}

export const eprtExclamation = delimiterCase('G05a', 'exclamation', '!');
export const eprtTilde = delimiterCase('G05b', 'tilde', '~');

/** Skips where EPRT is refused as every client sends it. */
async function needEprt(lab: ServerLab, session: LabSession): Promise<void> {
  const { host, port } = await session.listen();
  const reply = await session.implemented(`EPRT ${extendedArgument(host, port)}`);
  if (reply.code !== 200) lab.skip(`EPRT is answered ${reply.text}`);
}

export const eprtUnknownFamily = defineServerCase({
  id: 'rfc2428/2/eprt-unknown-family',
  row: 'G03',
  area: 'addressing',
  level: 'MUST',
  clause,
  requirement:
    'EPRT with a network protocol that the server does not support is answered by 522 with those that it does.',
  outcomes: {
    refused: { grade: 'pass', says: 'EPRT |3| is answered by 522 with a list of protocols' },
    'no-list': { grade: 'broken', says: '522 comes without the list of protocols in parentheses' },
    'other-code': { grade: 'broken', says: 'EPRT |3| is refused with another code than 522' },
    accepted: { grade: 'broken', says: 'EPRT |3| is accepted' },
  },
  advice:
    'Answer 522 with the supported protocols in parentheses, as in "522 Network protocol not supported, use (1,2)".',
  async run(lab) {
    const session = await lab.open();
    await needEprt(lab, session);
    const reply = await session.command(`EPRT |3|${session.localHost}|5282|`);
    const facts = reply.text;
    if (classOf(reply) < 4) return { outcome: 'accepted', facts };
    if (reply.code !== 522) return { outcome: 'other-code', facts };
    return { outcome: /\(\d+(?:,\d+)*\)/.test(reply.text) ? 'refused' : 'no-list', facts };
  },
});

type Argument = (session: LabSession, port: number) => string;

interface Malformed {
  readonly row: string;
  readonly slug: string;
  readonly what: string;
  readonly level: Level;
  readonly argument: Argument;
}

function malformedCase({ row, slug, what, level, argument }: Malformed): ServerCase {
  return defineServerCase({
    id: `rfc2428/2/eprt-${slug}`,
    row,
    area: 'addressing',
    level,
    clause: level === 'engineering' ? 'engineering' : clause,
    requirement: `EPRT with ${what} is refused.`,
    outcomes: {
      refused: { grade: 'pass', says: `EPRT with ${what} is refused` },
      accepted: { grade: 'broken', says: `EPRT with ${what} is accepted` },
    },
    advice:
      'Take four equal delimiters, a known family, an address of that family and a port from 1 to 65535, and answer 501 to all else.',
    async run(lab) {
      const session = await lab.open();
      await needEprt(lab, session);
      const { port } = await session.listen();
      const reply = await session.command(`EPRT ${argument(session, port)}`);
      return { outcome: classOf(reply) >= 4 ? 'refused' : 'accepted', facts: reply.text };
    },
  });
}

export const malformedEprt: readonly ServerCase[] = [
  malformedCase({
    row: 'G04a',
    slug: 'without-port',
    what: 'no port',
    level: 'MUST',
    argument: (session) => `|${familyOf(session)}|${session.localHost}|`,
  }),
  malformedCase({
    row: 'G04b',
    slug: 'text-port',
    what: 'a port that is no number',
    level: 'MUST',
    argument: (session) => `|${familyOf(session)}|${session.localHost}|abc|`,
  }),
  malformedCase({ row: 'G04c', slug: 'empty-fields', what: 'empty fields', level: 'MUST', argument: () => '||||' }),
  malformedCase({
    row: 'G06',
    slug: 'space-delimiter',
    what: 'a space for the delimiter',
    level: 'engineering',
    argument: (session, port) => extendedArgument(session.localHost, port, ' '),
  }),
  malformedCase({
    row: 'G07',
    slug: 'address-of-the-other-family',
    what: 'an address of the other family',
    level: 'engineering',
    argument: (session, port) =>
      familyOf(session) === 1 ? `|2|${session.localHost}|${port}|` : `|1|${session.localHost}|${port}|`,
  }),
  malformedCase({
    row: 'G11b',
    slug: 'port-0',
    what: 'port 0',
    level: 'MUST',
    argument: (session) => extendedArgument(session.localHost, 0),
  }),
  malformedCase({
    row: 'G11c',
    slug: 'port-65536',
    what: 'port 65536',
    level: 'MUST',
    argument: (session) => extendedArgument(session.localHost, 65_536),
  }),
];

export const eprtMappedAddress = defineServerCase({
  id: 'rfc2428/2/eprt-mapped-address',
  row: 'G08',
  area: 'addressing',
  level: 'MAY',
  clause,
  requirement: 'An IPv4-mapped address in family 2 is refused, or taken for the IPv4 address that it is.',
  outcomes: {
    refused: { grade: 'info', says: 'an IPv4-mapped address is refused' },
    served: { grade: 'info', says: 'an IPv4-mapped address is taken for the IPv4 address' },
    'not-connected': { grade: 'info', says: 'an IPv4-mapped address is accepted, and no connection comes of it' },
  },
  advice: 'Refuse such an address, or compare the IPv4 address in it with that of the client.',
  needs: ['ipv4'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    needFamily(lab, session, 1);
    await needEprt(lab, session);
    const port = await session.listen();
    const reply = await session.command(`EPRT |2|::ffff:${port.host}|${port.port}|`);
    if (classOf(reply) >= 4) return { outcome: 'refused', facts: reply.text };
    await session.send(`RETR ${file.path}\r\n`);
    const line = await port.accepted.catch(() => undefined);
    return { outcome: line === undefined ? 'not-connected' : 'served', facts: reply.text };
  },
});
