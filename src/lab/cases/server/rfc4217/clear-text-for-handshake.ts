/** B13: a command in clear where the handshake should begin. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { hasEnded } from '../../../server-lab/stray-replies.ts';

export const clearTextForHandshake = defineServerCase({
  id: 'rfc4217/10.1/clear-text-for-handshake',
  row: 'B13',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 4217 section 10.1',
  requirement: 'A command in clear behind 234 is not run: the connection is dropped, or ended by 421.',
  outcomes: {
    dropped: { grade: 'pass', says: 'the connection is dropped' },
    told: { grade: 'pass', says: '421 comes in clear, and the connection is closed' },
    'told-otherwise': { grade: 'broken', says: 'another code than 421 comes in clear, and the connection is closed' },
    waits: { grade: 'broken', says: 'the connection is neither dropped nor answered' },
    answered: { grade: 'fail', says: 'a command in clear behind 234 is answered' },
  },
  advice: 'Drop the control connection when its handshake fails.',
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await lab.greeted();
    await session.need(234, 'AUTH TLS');
    const sinceMs = session.fault('a command in clear in place of ClientHello');
    await session.send(`USER ${lab.target.user}\r\n`);
    const { control } = session;
    const bytes = await control.readToEnd(lab.timeouts.promptMs).catch(() => control.unread());
    const afterFaultMs = Math.round(performance.now() - sinceMs);
    const [text, code] = /(\d{3})[ -][^\r\n]*/.exec(bytes.toString('latin1')) ?? ['no reply'];
    const facts = `${text}; ${control.ending.how} after ${afterFaultMs} ms`;
    if (code === '421' && hasEnded(session)) return { outcome: 'told', facts };
    if (hasEnded(session)) return { outcome: code === undefined ? 'dropped' : 'told-otherwise', facts };
    return { outcome: code === undefined ? 'waits' : 'answered', facts };
  },
});
