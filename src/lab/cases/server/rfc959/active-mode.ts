/** G11, G12, G14 and G15: active mode as RFC 959 has it. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { isLoopback, needFamily } from '../../../server-lab/families.ts';
import { extendedArgument, portArgument } from '../../../server-lab/port-argument.ts';

export const portZero = defineServerCase({
  id: 'rfc959/5.3/port-0',
  row: 'G11a',
  area: 'addressing',
  level: 'MUST',
  clause: 'RFC 959 section 5.3',
  requirement: 'PORT with port 0 or with a number above 255 is refused.',
  outcomes: {
    refused: { grade: 'pass', says: 'PORT with port 0, and with 256, is refused' },
    'port-0': { grade: 'broken', says: 'PORT with port 0 is accepted' },
    '256': { grade: 'broken', says: 'PORT with the number 256 is accepted' },
  },
  advice: 'Take six numbers from 0 to 255 and a port above 0, and answer 501 to all else.',
  needs: ['ipv4'],
  async run(lab) {
    const session = await lab.open();
    needFamily(lab, session, 1);
    const usual = await session.listen();
    await session.implemented(`PORT ${portArgument(usual.host, usual.port)}`);
    const host = session.localHost.replaceAll('.', ',');
    const zero = await session.command(`PORT ${host},0,0`);
    const large = await session.command(`PORT ${host},256,1`);
    const facts = `port 0: ${zero.text}; 256: ${large.text}`;
    if (classOf(zero) < 4) return { outcome: 'port-0', facts };
    return { outcome: classOf(large) < 4 ? '256' : 'refused', facts };
  },
});

export const nobodyListens = defineServerCase({
  id: 'rfc959/5.4/active-connection-refused',
  row: 'G12',
  area: 'addressing',
  level: 'MUST',
  clause: 'RFC 959 section 5.4',
  requirement: 'Where nobody listens on the port of EPRT, the transfer ends by 425.',
  outcomes: {
    '425': { grade: 'pass', says: 'the transfer ends by 425' },
    'other-code': { grade: 'broken', says: 'the transfer ends by another negative code than 425' },
    'claimed-done': { grade: 'fail', says: 'a transfer without a data connection is said to be complete' },
  },
  advice: 'Answer 425 where the data connection cannot be opened.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const port = await session.listen();
    port.close();
    await port.accepted.catch(() => undefined);
    const set = await session.implemented(`EPRT ${extendedArgument(port.host, port.port)}`);
    if (set.code !== 200) lab.skip(`EPRT is answered ${set.text}`);
    let reply = await session.command(`RETR ${file.path}`);
    const facts = [reply.text];
    if (classOf(reply) === 1) {
      reply = await session.reply();
      facts.push(reply.text);
    }
    if (classOf(reply) === 2) return { outcome: 'claimed-done', facts: facts.join('; ') };
    return { outcome: reply.code === 425 ? '425' : 'other-code', facts: facts.join('; ') };
  },
});

export const defaultDataPort = defineServerCase({
  id: 'rfc959/3.3/default-data-port',
  row: 'G14',
  area: 'addressing',
  level: 'MAY',
  clause: 'RFC 959 section 3.3',
  requirement:
    'A transfer without PORT, PASV, EPRT or EPSV uses the default data port, or is refused, as is usual today.',
  outcomes: {
    refused: { grade: 'info', says: 'a transfer without a data port is refused at once' },
    tried: { grade: 'info', says: 'the server tries the default data port, and says that nobody is there' },
    silent: { grade: 'non-strict', says: 'a transfer without a data port is not answered' },
    'claimed-done': { grade: 'fail', says: 'a transfer without a data connection is said to be complete' },
  },
  advice: 'Answer 425 and name EPSV in its text.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    await session.send(`RETR ${file.path}\r\n`);
    const first = await session.replyOrNothing();
    if (first === undefined) return 'silent';
    if (classOf(first) > 3) return { outcome: 'refused', facts: first.text };
    if (classOf(first) !== 1) return { outcome: 'claimed-done', facts: first.text };
    const last = await session.replyOrNothing();
    if (last === undefined) return { outcome: 'silent', facts: first.text };
    return { outcome: classOf(last) > 3 ? 'tried' : 'claimed-done', facts: `${first.text}; ${last.text}` };
  },
});

export const portBehindEpsv = defineServerCase({
  id: 'rfc959/3.2/port-behind-epsv',
  row: 'G15',
  area: 'addressing',
  level: 'MUST',
  clause: 'RFC 959 section 3.2 (3)',
  requirement: 'EPRT behind EPSV: the transfer uses the port that was named last, and the passive port is closed.',
  outcomes: {
    switched: { grade: 'pass', says: 'the transfer uses the port that was named last' },
    'stayed-passive': { grade: 'broken', says: 'the transfer waits on the passive port, and EPRT was answered by 200' },
  },
  advice: 'Let each of EPSV, PASV, EPRT and PORT replace what the ones before it have set up.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    await session.passivePort();
    const port = await session.listen();
    const reply = await session.implemented(`EPRT ${extendedArgument(port.host, port.port)}`);
    if (reply.code !== 200) lab.skip(`EPRT is answered ${reply.text}`);
    await session.send(`RETR ${file.path}\r\n`);
    const line = await port.accepted.catch(() => undefined);
    const first = await session.replyOrNothing(lab.timeouts.promptMs);
    const facts = first?.text ?? 'no reply';
    if (line === undefined) {
      if (!isLoopback(port.host)) lab.skip('no connection reaches this machine');
      return { outcome: 'stayed-passive', facts };
    }
    await line.secured;
    const bytes = await line.finish();
    return { outcome: bytes.equals(file.bytes) ? 'switched' : 'stayed-passive', facts };
  },
});
