/** C08, C10: data in clear, because PROT C says so and because PROT was never said. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { dataProtection } from '../../../server-lab/data-protection.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

async function loggedIn(lab: ServerLab): Promise<LabSession> {
  const session = await lab.greeted();
  await session.secure();
  await session.logIn();
  await session.need(200, 'TYPE I');
  return session;
}

export const clearDataAsked = defineServerCase({
  id: 'rfc4217/10.2/clear-data-asked',
  row: 'C08',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 4217 section 10.2',
  requirement: 'Where data must be protected, PROT C is refused, or the transfer command behind it, by 521.',
  outcomes: {
    'refused-at-transfer': { grade: 'pass', says: 'PROT C is taken, and the transfer is refused by 521' },
    'refused-at-prot': { grade: 'pass', says: 'PROT C is refused by 534' },
    'clear-allowed': { grade: 'info', says: 'PROT C is taken, and data go in clear' },
    'refused-at-port': { grade: 'broken', says: 'PROT C is taken, and EPSV or PASV is refused, not the transfer' },
    'other-code': { grade: 'broken', says: 'clear data are refused by another code than 521 or 534' },
    'still-private': { grade: 'fail', says: 'PROT C is taken, and the server waits for TLS on the data connection' },
  },
  advice: 'Look at the level of protection when the transfer is asked for, and answer 521 there.',
  needs: ['tls'],
  async run(lab) {
    const session = await loggedIn(lab);
    await session.need(200, 'PBSZ 0');
    const prot = await session.command('PROT C');
    if (classOf(prot) > 3) return { outcome: prot.code === 534 ? 'refused-at-prot' : 'other-code', facts: prot.text };
    const { found, code, at, facts } = await dataProtection(lab, session);
    if (found === 'clear') return { outcome: 'clear-allowed', facts };
    if (found !== 'refused') return { outcome: 'still-private', facts };
    if (at === 'port') return { outcome: 'refused-at-port', facts };
    return { outcome: code === 521 || code === 534 ? 'refused-at-transfer' : 'other-code', facts };
  },
});

export const firstProtection = defineServerCase({
  id: 'rfc4217/9/first-protection',
  row: 'C10',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 sections 9 and 10.2',
  requirement: 'Before any PROT data go in clear, or the transfer is refused by 521.',
  outcomes: {
    clear: { grade: 'pass', says: 'before any PROT data go in clear' },
    refused: { grade: 'pass', says: 'before any PROT a transfer is refused by 521' },
    'refused-at-port': { grade: 'non-strict', says: 'before any PROT a data port is refused, not the transfer' },
    'other-refusal': { grade: 'non-strict', says: 'before any PROT a transfer is refused by another code than 521' },
    private: { grade: 'broken', says: 'before any PROT the server waits for TLS on the data connection' },
    'clear-in-tls': { grade: 'fail', says: 'a TLS handshake is done, and the file follows it in clear' },
    stuck: { grade: 'broken', says: 'before any PROT neither clear data nor TLS is to be had' },
  },
  advice: 'Begin with clear data connections, and refuse transfers by 521 where that is not allowed.',
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await loggedIn(lab);
    const { found, code, at, facts } = await dataProtection(lab, session);
    if (found !== 'refused') return { outcome: found, facts };
    if (at === 'port') return { outcome: 'refused-at-port', facts };
    return { outcome: code === 521 ? 'refused' : 'other-refusal', facts };
  },
});
