/** B10: what AUTH forgets of a session that began in clear. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';

export const authResets = defineServerCase({
  id: 'rfc4217/4.2/auth-resets',
  row: 'B10',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 4.2, RFC 2228 section 3',
  requirement: 'AUTH behind a login forgets the user, the directory and TYPE; the user logs in again.',
  outcomes: {
    'forgets-all': {
      grade: 'pass',
      says: 'behind AUTH the user must log in again, and the directory is the first one',
    },
    'refused-behind-login': { grade: 'info', says: 'AUTH is refused behind a login' },
    'no-clear-login': { grade: 'info', says: 'nobody can log in in clear, so there is nothing to forget' },
    'still-logged-in': { grade: 'broken', says: 'behind AUTH the user of the clear session is still logged in' },
    'keeps-directory': { grade: 'broken', says: 'behind AUTH and another login the directory is still the old one' },
  },
  advice: 'Treat an accepted AUTH as REIN: forget user, directory, TYPE, STRU, MODE and data ports.',
  // It sends the password in clear.
  intrusive: true,
  needs: ['explicit-tls'],
  async run(lab) {
    const { folder } = lab;
    const session = await lab.greeted();
    const asked = await session.command(`USER ${lab.target.user}`);
    if (classOf(asked) > 3) return { outcome: 'no-clear-login', facts: asked.text };
    const login = asked.code === 331 ? await session.command(`PASS ${lab.target.password}`) : asked;
    if (classOf(login) !== 2) return { outcome: 'no-clear-login', facts: login.text };
    await session.need([200, 250], `CWD ${folder}`);
    const auth = await session.command('AUTH TLS');
    if (auth.code !== 234) return { outcome: 'refused-behind-login', facts: auth.text };
    await session.startTls();
    const before = await session.command('PWD');
    if (classOf(before) === 2) return { outcome: 'still-logged-in', facts: before.text };
    await session.logIn();
    const after = await session.command('PWD');
    const facts = `${before.text}; ${after.text}`;
    return { outcome: after.text.includes(folder) ? 'keeps-directory' : 'forgets-all', facts };
  },
});
