/** B10: what AUTH forgets of a session that began in clear. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import { extendedArgument } from '../../../server-lab/port-argument.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

export const authResets = defineServerCase({
  id: 'rfc4217/4.2/auth-resets',
  row: 'B10',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 4.2, RFC 2228 section 3',
  requirement: 'AUTH behind a login forgets the user, the directory, TYPE and the data port; the user logs in again.',
  outcomes: {
    'forgets-all': {
      grade: 'pass',
      says: 'behind AUTH the user must log in again, and directory, TYPE and data port are as at first',
    },
    'refused-behind-login': { grade: 'info', says: 'AUTH is refused behind a login' },
    'no-clear-login': { grade: 'info', says: 'nobody can log in in clear, so there is nothing to forget' },
    'still-logged-in': { grade: 'broken', says: 'behind AUTH the user of the clear session is still logged in' },
    'keeps-directory': { grade: 'broken', says: 'behind AUTH and another login the directory is still the old one' },
    'keeps-type': { grade: 'broken', says: 'behind AUTH and another login TYPE I still holds' },
    'keeps-port': {
      grade: 'broken',
      says: 'behind AUTH and another login the server comes to the data port that was named in clear',
    },
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
    const { path } = await lab.file(textBytes);
    const atFirst = await sizeOf(session, path);
    await session.need(200, 'TYPE I');
    const inImage = await sizeOf(session, path);
    const port = await session.listen({ tls: false });
    const named = await session.command(`EPRT ${extendedArgument(port.host, port.port)}`);
    const auth = await session.command('AUTH TLS');
    if (auth.code !== 234) return { outcome: 'refused-behind-login', facts: auth.text };
    await session.startTls();
    const before = await session.command('PWD');
    if (classOf(before) === 2) return { outcome: 'still-logged-in', facts: before.text };
    await session.logIn();
    const after = await session.command('PWD');
    const facts = [before.text, after.text];
    if (after.text.includes(folder)) return { outcome: 'keeps-directory', facts: facts.join('; ') };
    const now = await sizeOf(session, path);
    facts.push(atFirst === inImage ? 'TYPE cannot be told by SIZE' : `SIZE: ${now}, under TYPE I ${inImage}`);
    if (atFirst !== inImage && now === inImage) return { outcome: 'keeps-type', facts: facts.join('; ') };
    if (classOf(named) !== 2) facts.push(`EPRT was answered ${named.text}`);
    else if (await comesTo(lab, session, port.accepted)) return { outcome: 'keeps-port', facts: facts.join('; ') };
    return { outcome: 'forgets-all', facts: facts.join('; ') };
  },
});

/** Random bytes have line feeds enough for the size under TYPE A to be another one, where it is not refused. In bytes. */
const textBytes = 64 * 1024;

async function sizeOf(session: LabSession, path: string): Promise<string> {
  return (await session.command(`SIZE ${path}`)).text;
}

/** Asks for a listing without naming a port, and waits for the server to come to the old one. */
async function comesTo(lab: ServerLab, session: LabSession, accepted: Promise<unknown>): Promise<boolean> {
  await session.protect();
  await session.send('LIST\r\n');
  const came = accepted.then(
    () => true,
    () => false,
  );
  const refused = session.reply(lab.timeouts.replyMs).then(
    // Behind 150 the connection is still to come.
    (reply) => (classOf(reply) === 1 ? came : false),
    () => came,
  );
  return Promise.race([came, refused]);
}
