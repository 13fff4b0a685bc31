/** E03 to E05: EPSV with the number of a network protocol. */

import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { needFamily, otherFamilyHost, takesConnection } from '../../../server-lab/families.ts';
import { extendedPort } from '../../../server-lab/passive-port.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';

export const epsvOwnFamily = defineServerCase({
  id: 'rfc2428/3/epsv-own-family',
  row: 'E03',
  area: 'addressing',
  level: 'SHOULD',
  clause: 'RFC 2428 section 3',
  requirement: 'EPSV 1 over IPv4 is answered by 229, and the port is served over IPv4.',
  outcomes: {
    served: { grade: 'pass', says: 'EPSV 1 is answered by 229, and a file goes through its port' },
    refused: { grade: 'broken', says: 'EPSV 1 is refused although the client has come over IPv4' },
    'no-transfer': { grade: 'fail', says: 'EPSV 1 is answered by 229, and no file goes through its port' },
  },
  advice: 'Take EPSV 1 as EPSV where the control connection is of IPv4.',
  needs: ['ipv4'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    needFamily(lab, session, 1);
    const reply = await session.implemented('EPSV 1');
    const port = extendedPort(reply);
    if (port === undefined) return { outcome: 'refused', facts: reply.text };
    const line = await session.connectData(port).catch(() => undefined);
    if (line === undefined) return { outcome: 'no-transfer', facts: reply.text };
    const { reply: done, bytes } = await transferDown(session, file.path, line);
    const isDone = classOf(done) === 2 && bytes.equals(file.bytes);
    return { outcome: isDone ? 'served' : 'no-transfer', facts: `${reply.text}; ${done.text}` };
  },
});

function otherFamilyCase(row: string, family: 1 | 2): ServerCase {
  const [own, other] = family === 1 ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4'];
  const asked = family === 1 ? 2 : 1;
  return defineServerCase({
    id: `rfc2428/3/epsv-${asked}-over-${own.toLowerCase()}`,
    row,
    area: 'addressing',
    level: 'MUST',
    clause: 'RFC 2428 section 3',
    requirement: `EPSV ${asked} over ${own} is answered by a port that is served over ${other}, or by 522 with the protocols that there are.`,
    outcomes: {
      refused: { grade: 'pass', says: `EPSV ${asked} is answered by 522 with a list of protocols` },
      served: { grade: 'pass', says: `EPSV ${asked} is answered by a port that is served over ${other}` },
      'no-list': { grade: 'broken', says: '522 comes without the list of protocols in parentheses' },
      'other-code': { grade: 'broken', says: `EPSV ${asked} is refused with another code than 522` },
      'own-family': { grade: 'broken', says: `EPSV ${asked} is answered by a port that is served over ${own} alone` },
      unseen: {
        grade: 'info',
        says: `EPSV ${asked} is answered by a port, and the way to it over ${other} is not known here`,
      },
    },
    advice: `Answer 522 with the supported protocols in parentheses, or listen on an address of ${other}.`,
    needs: [family === 1 ? 'ipv4' : 'ipv6'],
    async run(lab) {
      const session = await lab.open();
      needFamily(lab, session, family);
      const reply = await session.implemented(`EPSV ${asked}`);
      const facts = reply.text;
      const port = extendedPort(reply);
      if (port === undefined) {
        if (reply.code !== 522) return { outcome: 'other-code', facts };
        return { outcome: /\(\d+(?:,\d+)*\)/.test(reply.text) ? 'refused' : 'no-list', facts };
      }
      const host = otherFamilyHost(session);
      if (host === undefined) return { outcome: 'unseen', facts };
      return { outcome: (await takesConnection(lab, host, port)) ? 'served' : 'own-family', facts };
    },
  });
}

export const epsv2OverIpv4 = otherFamilyCase('E04', 1);
export const epsv1OverIpv6 = otherFamilyCase('E05', 2);
