/** E01, E02 and E12: EPSV as every client sends it, over each of the two protocols. */

import { defineServerCase, type Seen, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { needFamily } from '../../../server-lab/families.ts';
import { passivePort } from '../../../server-lab/passive-port.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

const exactForm = /\(([!-~])\1\1(\d{1,5})\1\)/;

type Outcome = 'entered' | 'other-code' | 'other-form' | 'no-port' | 'no-transfer';

async function enter(lab: ServerLab, family: 1 | 2): Promise<Seen<Outcome>> {
  const file = await lab.file(64 * 1024);
  const session = await lab.open();
  needFamily(lab, session, family);
  const reply = await session.implemented('EPSV');
  const facts = reply.text;
  if (reply.code !== 229) return { outcome: 'other-code', facts };
  const port = Number(exactForm.exec(reply.lines.join('\n'))?.[2]);
  if (Number.isNaN(port)) return { outcome: 'other-form', facts };
  if (port < 1 || port > 65_535) return { outcome: 'no-port', facts };
  const line = await session.connectData(port).catch(() => undefined);
  if (line === undefined) return { outcome: 'no-transfer', facts };
  const { reply: done, bytes } = await transferDown(session, file.path, line);
  const isDone = classOf(done) === 2 && bytes.equals(file.bytes);
  return { outcome: isDone ? 'entered' : 'no-transfer', facts: `${facts}; ${done.text}` };
}

function plainCase(row: string, family: 1 | 2): ServerCase {
  const version = family === 1 ? 4 : 6;
  return defineServerCase<Outcome>({
    id: `rfc2428/3/epsv-over-ipv${version}`,
    row,
    area: 'addressing',
    level: 'MUST',
    clause: 'RFC 2428 section 3',
    requirement: `EPSV over IPv${version} is answered by 229 with three delimiters, a port and a delimiter, and the port serves the same address.`,
    outcomes: {
      entered: { grade: 'pass', says: '229 comes in the exact form, and a file goes through its port' },
      'other-code': { grade: 'broken', says: 'EPSV is answered by another code than 229' },
      'other-form': { grade: 'broken', says: 'the text of 229 is not (<d><d><d><port><d>)' },
      'no-port': { grade: 'broken', says: 'the number in 229 is no TCP port' },
      'no-transfer': { grade: 'broken', says: 'no file goes through the port of 229' },
    },
    advice:
      'Listen on the address of the control connection and answer "229 Entering Extended Passive Mode (|||port|)".',
    needs: [family === 1 ? 'ipv4' : 'ipv6'],
    ...(family === 1 ? { smoke: true } : {}),
    run: (lab) => enter(lab, family),
  });
}

export const epsvOverIpv4 = plainCase('E01', 1);
export const epsvOverIpv6 = plainCase('E02', 2);

export const ipv4IsTakenForIpv4 = defineServerCase({
  id: 'rfc2428/3/mapped-address-is-ipv4',
  row: 'E12',
  area: 'addressing',
  level: 'MUST',
  clause: 'RFC 2428 section 3',
  requirement:
    'A control connection over IPv4 is treated as IPv4 even where the server listens for both protocols on one socket.',
  outcomes: {
    'taken-for-ipv4': { grade: 'pass', says: 'EPSV 1 and PASV are both served over IPv4' },
    'taken-for-ipv6': {
      grade: 'broken',
      says: 'EPSV 1 or PASV is refused over IPv4 as if the client had come over IPv6',
    },
    otherwise: { grade: 'info', says: 'EPSV 1 or PASV is refused for another reason' },
  },
  advice: 'Treat a peer with an address of ::ffff:0:0/96 as one of IPv4.',
  needs: ['ipv4'],
  async run(lab) {
    const session = await lab.open();
    needFamily(lab, session, 1);
    const extended = await session.implemented('EPSV 1');
    const classic = await session.command('PASV');
    const facts = `EPSV 1: ${extended.text}; PASV: ${classic.text}`;
    if (extended.code === 229 && passivePort(classic) !== undefined) return { outcome: 'taken-for-ipv4', facts };
    const isMistaken = extended.code === 522 && /\(2\)/.test(extended.text);
    return { outcome: isMistaken || /\(::|,0,0,0,0,/.test(classic.text) ? 'taken-for-ipv6' : 'otherwise', facts };
  },
});
