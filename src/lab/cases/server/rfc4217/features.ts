/** B16: what FEAT says of TLS. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { NotImplemented } from '../../../engine/case-errors.ts';
import type { Reply } from '../../../engine/reply.ts';

/** Which of AUTH, PBSZ and PROT a FEAT reply lacks. */
function missingIn(reply: Reply, verbs: readonly string[]): string[] {
  const lines = reply.lines.map((line) => line.trim().toUpperCase());
  return verbs.filter((verb) => !lines.some((line) => line === verb || line.startsWith(`${verb} `)));
}

export const tlsFeatures = defineServerCase({
  id: 'rfc4217/6/features',
  row: 'B16',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 6, RFC 2389 section 3.2',
  requirement: 'FEAT names AUTH TLS, PBSZ and PROT, in clear and inside of TLS.',
  outcomes: {
    complete: { grade: 'pass', says: 'FEAT names AUTH TLS, PBSZ and PROT' },
    'missing-in-clear': { grade: 'broken', says: 'FEAT in clear leaves something of TLS out' },
    'missing-in-tls': { grade: 'broken', says: 'FEAT inside of TLS leaves something of TLS out' },
    'auth-without-tls': { grade: 'non-strict', says: 'FEAT names AUTH and does not say that TLS is a mechanism of it' },
  },
  advice: 'List "AUTH TLS", "PBSZ" and "PROT" in the reply to FEAT, whether or not TLS is on.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.greeted();
    const isExplicit = lab.target.security === 'explicit';
    const inClear = isExplicit ? await session.command('FEAT') : undefined;
    await session.secure();
    await session.logIn();
    const inTls = await session.command('FEAT');
    if (inTls.code === 500 || inTls.code === 502) throw new NotImplemented('FEAT', inTls);
    const verbs = isExplicit ? ['AUTH', 'PBSZ', 'PROT'] : ['PBSZ', 'PROT'];
    if (inClear?.code === 211) {
      const missing = missingIn(inClear, verbs);
      if (missing.length > 0) return { outcome: 'missing-in-clear', facts: missing.join(', ') };
    }
    const missing = missingIn(inTls, verbs);
    if (missing.length > 0) return { outcome: 'missing-in-tls', facts: missing.join(', ') };
    const namesTls = !isExplicit || inTls.lines.some((line) => /^\s*AUTH\b.*\bTLS\b/i.test(line));
    const facts = inClear === undefined || inClear.code === 211 ? '' : `in clear: ${inClear.text}`;
    return { outcome: namesTls ? 'complete' : 'auth-without-tls', ...(facts === '' ? {} : { facts }) };
  },
});
