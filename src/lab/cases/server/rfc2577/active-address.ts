/** G09 and G10: where a server may be sent by PORT and EPRT. */

import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { isLoopback, needFamily } from '../../../server-lab/families.ts';
import type { ActivePort, LabSession } from '../../../server-lab/lab-session.ts';
import { extendedArgument, portArgument } from '../../../server-lab/port-argument.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

type Verb = 'PORT' | 'EPRT';

const written = (verb: Verb, host: string, port: number): string =>
  `${verb} ${verb === 'PORT' ? portArgument(host, port) : extendedArgument(host, port)}`;

/** Skips where the verb is refused for the client's own address. */
async function needVerb(lab: ServerLab, session: LabSession, verb: Verb): Promise<void> {
  needFamily(lab, session, 1);
  const { host, port } = await session.listen();
  const reply = await session.implemented(written(verb, host, port));
  if (reply.code !== 200) lab.skip(`${verb} is answered ${reply.text}`);
}

function lowPortCase(row: string, verb: Verb): ServerCase {
  return defineServerCase({
    id: `rfc2577/3/${verb.toLowerCase()}-below-1024`,
    row,
    area: 'security',
    level: 'SHOULD',
    clause: 'RFC 2577 section 3',
    requirement: `${verb} with a port below 1024 is refused.`,
    outcomes: {
      refused: { grade: 'pass', says: `${verb} with a port below 1024 is refused` },
      accepted: { grade: 'broken', says: `${verb} with port 25 is accepted` },
    },
    advice: 'Answer 504 (or 501) to ports below 1024.',
    needs: ['ipv4'],
    async run(lab) {
      const session = await lab.open();
      await needVerb(lab, session, verb);
      const reply = await session.command(written(verb, session.localHost, 25));
      return { outcome: classOf(reply) >= 4 ? 'refused' : 'accepted', facts: reply.text };
    },
  });
}

export const portBelow1024 = lowPortCase('G09a', 'PORT');
export const eprtBelow1024 = lowPortCase('G09b', 'EPRT');

/** An address that is nobody's (RFC 5737), where this machine has no other one to offer. */
const nobodysHost = '192.0.2.1';

/** A port on an address of this machine that is not the client's. */
async function thirdHost(lab: ServerLab, session: LabSession): Promise<ActivePort | undefined> {
  const host = lab.target.secondAddress ?? (isLoopback(session.localHost) ? '127.0.0.77' : undefined);
  return host === undefined ? undefined : session.listen({ host, tls: false }).catch(() => undefined);
}

function thirdHostCase(row: string, verb: Verb): ServerCase {
  return defineServerCase({
    id: `rfc2577/3/${verb.toLowerCase()}-of-another-host`,
    row,
    area: 'security',
    level: 'SHOULD',
    clause: 'RFC 2577 section 3',
    requirement: `${verb} with the address of another host is refused, there or at the transfer.`,
    outcomes: {
      refused: { grade: 'pass', says: `${verb} with the address of another host is refused` },
      'refused-later': {
        grade: 'pass',
        says: `${verb} is accepted, and the server does not connect to the other host`,
      },
      accepted: { grade: 'broken', says: `${verb} with the address of another host is accepted` },
      connected: { grade: 'broken', says: 'the server connects to whatever host a client names (FTP bounce)' },
    },
    advice: 'Compare the address with that of the control connection, and answer 501 or 504 where they differ.',
    needs: ['ipv4'],
    async run(lab) {
      const file = await lab.file(64 * 1024);
      const session = await lab.open();
      await needVerb(lab, session, verb);
      const third = await thirdHost(lab, session);
      const reply = await session.command(written(verb, third?.host ?? nobodysHost, third?.port ?? 50_000));
      if (classOf(reply) >= 4) return { outcome: 'refused', facts: reply.text };
      if (third === undefined) return { outcome: 'accepted', facts: reply.text };
      await session.send(`RETR ${file.path}\r\n`);
      const first = session.replyOrNothing(lab.timeouts.promptMs);
      const isRefused = first.then((said) => (said !== undefined && classOf(said) >= 4 ? undefined : third.accepted));
      const line = await Promise.race([third.accepted, isRefused]).catch(() => undefined);
      const facts = `${reply.text}; ${(await first)?.text ?? 'no reply'}`;
      return { outcome: line === undefined ? 'refused-later' : 'connected', facts };
    },
  });
}

export const portOfAnotherHost = thirdHostCase('G10a', 'PORT');
export const eprtOfAnotherHost = thirdHostCase('G10b', 'EPRT');
