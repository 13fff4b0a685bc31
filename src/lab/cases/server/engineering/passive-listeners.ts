/** E13, E14 and E22: what becomes of a passive port that is replaced, never used, or used by somebody else. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { within } from '../../../../peer/index.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { isPortClosed } from '../../../server-lab/aftermath.ts';
import { takesConnection } from '../../../server-lab/families.ts';

export const replacedListener = defineServerCase({
  id: 'engineering/passive-port/replaced-listener',
  row: 'E13',
  area: 'addressing',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'The next EPSV closes the port of the one before, for nobody will use it (compare RFC 959 section 3.2).',
  outcomes: {
    closed: { grade: 'pass', says: 'the port of the first EPSV is closed by the second' },
    'same-port': { grade: 'pass', says: 'both EPSV name the same port' },
    open: { grade: 'broken', says: 'the port of the first EPSV takes connections behind the second' },
  },
  advice: 'Close the listener of a session before opening its next one.',
  async run(lab) {
    const session = await lab.open();
    const first = await session.passivePort();
    const second = await session.passivePort();
    const facts = `ports ${first} and ${second}`;
    if (first === second) return { outcome: 'same-port', facts };
    const isOpen = await takesConnection(lab, session.remoteHost, first);
    return { outcome: isOpen ? 'open' : 'closed', facts };
  },
});

/** Longest wait for a server to give up, in milliseconds. */
const patienceMs = 70_000;

export const unusedListener = defineServerCase({
  id: 'engineering/passive-port/never-connected',
  row: 'E14',
  area: 'addressing',
  level: 'engineering',
  clause: 'engineering',
  requirement:
    'Where nobody comes to the port of EPSV, the transfer ends by 425 within a minute and the port is closed.',
  outcomes: {
    refused: { grade: 'pass', says: 'the transfer ends by 425 and the port is closed' },
    'other-code': { grade: 'broken', says: 'the transfer ends by another code than 425' },
    'port-open': { grade: 'broken', says: 'the transfer ends by 425, and the port stays open' },
    waits: { grade: 'broken', says: 'nothing is said for 70 s' },
    'claimed-done': { grade: 'fail', says: 'a transfer without a data connection is said to be complete' },
  },
  advice: 'Bound the wait for the data connection, answer 425, and close the listener.',
  intrusive: true,
  deadlineMs: 90_000,
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const port = await session.passivePort();
    await session.send(`RETR ${file.path}\r\n`);
    const startedMs = performance.now();
    let reply = await session.replyOrNothing(patienceMs);
    if (reply !== undefined && classOf(reply) === 1) reply = await session.replyOrNothing(patienceMs);
    if (reply === undefined) return 'waits';
    const facts = `${reply.text}, after ${Math.round((performance.now() - startedMs) / 1000)} s`;
    if (classOf(reply) === 2) return { outcome: 'claimed-done', facts };
    if (reply.code !== 425) return { outcome: 'other-code', facts };
    const probe = await isPortClosed(lab, port);
    return { outcome: probe.ok ? 'refused' : 'port-open', facts, probes: [probe] };
  },
});

export const thirdParty = defineServerCase({
  id: 'rfc2577/8/third-party-takes-passive-port',
  row: 'E22',
  area: 'security',
  level: 'SHOULD',
  clause: 'RFC 2577 section 8',
  requirement: 'A file is not given to whoever reaches a passive port first from another address.',
  outcomes: {
    refused: { grade: 'pass', says: 'a connection from another address is not given the file' },
    served: { grade: 'broken', says: 'a connection from another address that came first is given the file' },
  },
  advice:
    'Compare the address of the data connection with that of the control connection, or require that it resumes its TLS session.',
  needs: ['second-address'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const port = await session.passivePort();
    const localAddress = lab.target.secondAddress ?? lab.skip('no second address');
    const raw = connect({ host: session.remoteHost, port, localAddress });
    const thief = session.protection === 'P' ? tlsConnect({ socket: raw, rejectUnauthorized: false }) : raw;
    let stolen = 0;
    for (const each of new Set([raw, thief])) each.on('error', () => undefined);
    thief.on('data', (chunk: Buffer) => (stolen += chunk.length));
    try {
      await within(once(raw, 'connect'), 'the connection', lab.timeouts.connectMs).catch(() => undefined);
      session.fault(`a connection from ${localAddress} comes to port ${port} first`);
      await session.send(`RETR ${file.path}\r\n`);
      const first = await session.replyOrNothing(lab.timeouts.promptMs);
      const last =
        first !== undefined && classOf(first) === 1 ? await session.replyOrNothing(lab.timeouts.promptMs) : first;
      const facts = `${stolen} bytes went to ${localAddress}; ${last?.text ?? 'no final reply'}`;
      return { outcome: stolen > 0 ? 'served' : 'refused', facts };
    } finally {
      thief.destroy();
      raw.destroy();
    }
  },
});
