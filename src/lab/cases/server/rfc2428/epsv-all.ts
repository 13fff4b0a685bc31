/** E08 to E11: EPSV ALL, behind which nothing but EPSV sets up data connections. */

import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import { logInBehindRein } from '../../../server-lab/clear-control.ts';
import { familyOf } from '../../../server-lab/families.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';
import { extendedArgument, portArgument } from '../../../server-lab/port-argument.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

const clause = 'RFC 2428 section 3';

export const epsvAll = defineServerCase({
  id: 'rfc2428/3/epsv-all',
  row: 'E08',
  area: 'addressing',
  level: 'MUST',
  clause,
  requirement: 'EPSV ALL is answered by a positive reply, and opens no port.',
  outcomes: {
    taken: { grade: 'pass', says: 'EPSV ALL is answered by a positive reply' },
    'taken-for-epsv': { grade: 'broken', says: 'EPSV ALL is answered by 229 with a port, as an EPSV without argument' },
    refused: { grade: 'broken', says: 'EPSV ALL is refused' },
  },
  advice: 'Answer 200 to EPSV ALL and remember it for the session.',
  smoke: true,
  async run(lab) {
    const session = await lab.open();
    const reply = await session.implemented('EPSV ALL');
    const facts = reply.text;
    if (reply.code === 229) return { outcome: 'taken-for-epsv', facts };
    return { outcome: classOf(reply) === 2 ? 'taken' : 'refused', facts };
  },
});

/** A session behind EPSV ALL. Skips where it is refused. */
async function openBehindAll(lab: ServerLab): Promise<LabSession> {
  const session = await lab.open();
  const reply = await session.implemented('EPSV ALL');
  if (classOf(reply) !== 2) lab.skip(`EPSV ALL is answered ${reply.text}`);
  return session;
}

type Setup = (lab: ServerLab, session: LabSession) => Promise<Reply>;

function behindAllCase(row: string, verb: string, setUp: Setup): ServerCase {
  return defineServerCase({
    id: `rfc2428/3/${verb.toLowerCase()}-behind-epsv-all`,
    row,
    area: 'addressing',
    level: 'MUST',
    clause,
    requirement: `${verb} is rejected behind EPSV ALL.`,
    outcomes: {
      rejected: { grade: 'pass', says: `${verb} is rejected behind EPSV ALL` },
      accepted: { grade: 'broken', says: `${verb} is answered positively behind EPSV ALL` },
    },
    advice: `Answer 501 or 503 to ${verb} once EPSV ALL was accepted.`,
    smoke: true,
    async run(lab) {
      const session = await openBehindAll(lab);
      const reply = await setUp(lab, session);
      return { outcome: classOf(reply) >= 4 ? 'rejected' : 'accepted', facts: reply.text };
    },
  });
}

export const pasvBehindAll = behindAllCase('E09a', 'PASV', (_lab, session) => session.command('PASV'));

export const portBehindAll = behindAllCase('E09b', 'PORT', async (lab, session) => {
  if (familyOf(session) === 2) lab.skip('PORT is for IPv4');
  const { host, port } = await session.listen();
  return session.command(`PORT ${portArgument(host, port)}`);
});

export const eprtBehindAll = behindAllCase('E09c', 'EPRT', async (_lab, session) => {
  const { host, port } = await session.listen();
  return session.command(`EPRT ${extendedArgument(host, port)}`);
});

export const epsvBehindAll = defineServerCase({
  id: 'rfc2428/3/epsv-behind-epsv-all',
  row: 'E10',
  area: 'addressing',
  level: 'MUST',
  clause,
  requirement: 'EPSV works behind EPSV ALL.',
  outcomes: {
    works: { grade: 'pass', says: 'a file goes through the port of an EPSV behind EPSV ALL' },
    broken: { grade: 'broken', says: 'EPSV or a download over it fails behind EPSV ALL' },
  },
  advice: 'Reject the other commands behind EPSV ALL, and not EPSV itself.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await openBehindAll(lab);
    const line = await session.passive({ verb: 'EPSV' }).catch((error: Error) => error);
    if (line instanceof Error) return { outcome: 'broken', facts: line.message };
    const { reply, bytes } = await transferDown(session, file.path, line);
    return { outcome: classOf(reply) === 2 && bytes.equals(file.bytes) ? 'works' : 'broken', facts: reply.text };
  },
});

/** Whether PASV works again. */
async function isForgotten(session: LabSession, facts: string): Promise<{ isForgotten: boolean; facts: string }> {
  const reply = await session.command('PASV');
  return { isForgotten: reply.code === 227, facts: `${facts}; ${reply.text}` };
}

export const reinBehindAll = defineServerCase({
  id: 'rfc959/4.1.1/rein-behind-epsv-all',
  row: 'E11a',
  area: 'addressing',
  level: 'MAY',
  clause: 'RFC 959 section 4.1.1',
  requirement: 'REIN sets all parameters back, EPSV ALL among them.',
  outcomes: {
    forgotten: { grade: 'info', says: 'PASV works again behind REIN' },
    kept: { grade: 'info', says: 'PASV is rejected behind REIN as well' },
  },
  advice: 'Forget EPSV ALL at REIN.',
  async run(lab) {
    const session = await openBehindAll(lab);
    const reset = await logInBehindRein(lab, session);
    const seen = await isForgotten(session, reset.text);
    return { outcome: seen.isForgotten ? 'forgotten' : 'kept', facts: seen.facts };
  },
});

export const authBehindAll = defineServerCase({
  id: 'rfc4217/4.2/auth-behind-epsv-all',
  row: 'E11b',
  area: 'addressing',
  level: 'MAY',
  clause: 'RFC 4217 section 4.2',
  requirement: 'AUTH behind a login sets all parameters back, EPSV ALL among them.',
  outcomes: {
    forgotten: { grade: 'info', says: 'PASV works again behind AUTH' },
    kept: { grade: 'info', says: 'PASV is rejected behind AUTH as well' },
    refused: { grade: 'info', says: 'AUTH is refused behind a login' },
    ended: { grade: 'fail', says: 'AUTH is answered 234 behind a login, and no session follows' },
  },
  advice: 'Forget EPSV ALL at AUTH.',
  // It sends the password in clear.
  intrusive: true,
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await lab.greeted();
    const asked = await session.command(`USER ${lab.target.user}`);
    const login = asked.code === 331 ? await session.command(`PASS ${lab.target.password}`) : asked;
    if (classOf(login) !== 2) lab.skip(`nobody can log in in clear: ${login.text}`);
    const all = await session.implemented('EPSV ALL');
    if (classOf(all) !== 2) lab.skip(`EPSV ALL is answered ${all.text}`);
    const auth = await session.command('AUTH TLS');
    if (auth.code !== 234) return { outcome: 'refused', facts: auth.text };
    const isLoggedIn = await session
      .startTls()
      .then(() => session.logIn())
      .then(
        () => true,
        () => false,
      );
    if (!isLoggedIn) return { outcome: 'ended', facts: auth.text };
    const seen = await isForgotten(session, auth.text);
    return { outcome: seen.isForgotten ? 'forgotten' : 'kept', facts: seen.facts };
  },
});
