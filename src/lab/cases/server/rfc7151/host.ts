/** M07 and M08: HOST behind the login, and HOST with a port or an unknown name. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';

export const hostBehindLogin = defineServerCase({
  id: 'rfc7151/3.3/host-once-logged-in',
  row: 'M07',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 7151 section 3.2',
  requirement: 'HOST behind the login is answered by 503.',
  outcomes: {
    refused: { grade: 'pass', says: 'HOST behind the login is answered by 503' },
    'other-code': { grade: 'broken', says: 'HOST behind the login is refused with another code than 503' },
    accepted: { grade: 'broken', says: 'HOST behind the login is accepted' },
  },
  advice: 'Answer 503 to HOST once the user is logged in.',
  async run(lab) {
    const session = await lab.open();
    const reply = await session.implemented(`HOST ${nameOf(lab.target.host)}`);
    const facts = reply.text;
    if (reply.code === 503) return { outcome: 'refused', facts };
    return { outcome: classOf(reply) === 2 ? 'accepted' : 'other-code', facts };
  },
});

export const hostForms = defineServerCase({
  id: 'rfc7151/3.3/host-forms',
  row: 'M08',
  area: 'features',
  level: 'SHOULD',
  clause: 'RFC 7151 section 3.3',
  requirement: 'HOST with a port is answered by 501, and HOST with a name that the server does not have by 504.',
  outcomes: {
    told: { grade: 'pass', says: 'a port is answered by 501, and an unknown name by 504' },
    'any-name': { grade: 'info', says: 'a port is answered by 501, and every name is accepted' },
    'out-of-order': { grade: 'info', says: 'HOST is refused behind AUTH TLS, whatever it names' },
    'port-taken': { grade: 'broken', says: 'HOST with a port is accepted' },
    'other-code': {
      grade: 'broken',
      says: 'a port is refused with another code than 501, or an unknown name with another than 504',
    },
  },
  advice:
    'Answer 501 to what is no host name (a port does not belong into it), and 504 to names that are not served here.',
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    const port = await session.implemented('HOST nowhere.invalid:21');
    const other = await session.command('HOST nowhere.invalid');
    const facts = `${port.text}; ${other.text}`;
    if (port.code === 530) lab.skip('every command is refused before login');
    if (port.code === 503 && other.code === 503) return { outcome: 'out-of-order', facts };
    if (classOf(port) === 2) return { outcome: 'port-taken', facts };
    if (port.code === 501 && other.code === 504) return { outcome: 'told', facts };
    return { outcome: port.code === 501 && classOf(other) === 2 ? 'any-name' : 'other-code', facts };
  },
});

function nameOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
