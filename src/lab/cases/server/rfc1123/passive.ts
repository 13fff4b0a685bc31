/** F01, F05, F06 and F07: PASV. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { needFamily } from '../../../server-lab/families.ts';
import { passivePort } from '../../../server-lab/passive-port.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';

export const pasvImplemented = defineServerCase({
  id: 'rfc1123/4.1.2.6/pasv',
  row: 'F01',
  area: 'addressing',
  level: 'MUST',
  clause: 'RFC 1123 section 4.1.2.6',
  requirement: 'PASV is implemented: 227 with six numbers, and the port serves.',
  outcomes: {
    served: { grade: 'pass', says: '227 names a port, and a file goes through it' },
    refused: { grade: 'broken', says: 'PASV over IPv4 is refused' },
    'other-form': { grade: 'broken', says: '227 comes without six numbers' },
    'no-transfer': { grade: 'broken', says: 'no file goes through the port of 227' },
  },
  advice: 'Answer "227 Entering Passive Mode (h1,h2,h3,h4,p1,p2)".',
  needs: ['ipv4'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    needFamily(lab, session, 1);
    const reply = await session.command('PASV');
    if (reply.code !== 227) return { outcome: 'refused', facts: reply.text };
    const port = passivePort(reply);
    if (port === undefined) return { outcome: 'other-form', facts: reply.text };
    const line = await session.connectData(port).catch(() => undefined);
    if (line === undefined) return { outcome: 'no-transfer', facts: reply.text };
    const { reply: done, bytes } = await transferDown(session, file.path, line);
    const isDone = classOf(done) === 2 && bytes.equals(file.bytes);
    return { outcome: isDone ? 'served' : 'no-transfer', facts: `${reply.text}; ${done.text}` };
  },
});

export const onePasvTwoTransfers = defineServerCase({
  id: 'rfc1123/4.1.2.5/one-pasv-two-transfers',
  row: 'F05',
  area: 'addressing',
  level: 'MAY',
  clause: 'RFC 1123 section 4.1.2.5',
  requirement: 'One PASV serves one transfer; a second one is refused or waits for a new connection.',
  outcomes: {
    refused: { grade: 'info', says: 'a second transfer without a new PASV is refused' },
    waits: { grade: 'info', says: 'a second transfer without a new PASV is begun' },
    'claimed-done': { grade: 'fail', says: 'a second transfer without a data connection is said to be complete' },
    lost: { grade: 'fail', says: 'the session ends at a second transfer without a new PASV' },
  },
  advice: 'Answer 425 to a transfer for which no port was asked.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    await transferDown(session, file.path);
    await session.send(`RETR ${file.path}\r\n`);
    const reply = await session.replyOrNothing(lab.timeouts.promptMs);
    if (reply === undefined) return session.control.ending.how === 'none' ? 'waits' : 'lost';
    if (classOf(reply) >= 4) return { outcome: 'refused', facts: reply.text };
    return { outcome: classOf(reply) === 1 ? 'waits' : 'claimed-done', facts: reply.text };
  },
});

export const pasvOverIpv6 = defineServerCase({
  id: 'rfc2428/4/pasv-over-ipv6',
  row: 'F06',
  area: 'addressing',
  level: 'MAY',
  clause: 'RFC 2428 section 4',
  requirement: 'PASV can name no IPv6 address: over IPv6 it is refused, or names an address that means nothing.',
  outcomes: {
    refused: { grade: 'info', says: 'PASV is refused over IPv6' },
    answered: { grade: 'info', says: 'PASV is answered by 227 over IPv6' },
  },
  advice: 'Refuse PASV over IPv6 and name EPSV in the text.',
  needs: ['ipv6'],
  async run(lab) {
    const session = await lab.open();
    needFamily(lab, session, 2);
    const reply = await session.command('PASV');
    return { outcome: classOf(reply) >= 4 ? 'refused' : 'answered', facts: reply.text };
  },
});

const portCount = 24;

export const passivePortsAreRandom = defineServerCase({
  id: 'rfc2577/8/random-passive-ports',
  row: 'F07',
  area: 'security',
  level: 'SHOULD',
  clause: 'RFC 2577 section 8',
  requirement: 'Passive ports cannot be foretold from the ones before.',
  outcomes: {
    random: { grade: 'pass', says: 'the ports of 24 EPSV follow no order that can be seen' },
    sequence: { grade: 'broken', says: 'the ports of 24 EPSV follow each other' },
    same: { grade: 'broken', says: '24 EPSV name one or two ports' },
  },
  advice: 'Choose ports at random, or let the system choose.',
  alone: true,
  async run(lab) {
    const session = await lab.open();
    const ports: number[] = [];
    while (ports.length < portCount) ports.push(await session.passivePort());
    const steps = ports.slice(1).map((port, index) => port - (ports[index] ?? 0));
    const usual = Math.max(...steps.map((step) => steps.filter((other) => other === step).length));
    const facts = `ports ${ports.slice(0, 8).join(', ')}, …`;
    if (new Set(ports).size <= 2) return { outcome: 'same', facts };
    return { outcome: usual > steps.length / 2 ? 'sequence' : 'random', facts };
  },
});
