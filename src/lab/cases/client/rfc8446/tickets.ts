/** D03c, D04d: which tickets a client offers on the data connections of one login. */

import { randomBytes } from 'node:crypto';
import {
  hashOf,
  offeredTickets,
  type ScriptedSession,
  Tls13Records,
  type WatchedLine,
} from '../../../../peer/index.ts';
import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { defineClientCase } from '../../../engine/lab-case.ts';
import { folderScripts } from '../folder.ts';

/** Files of the folder, one data connection each. */
const fileNames = Array.from({ length: 8 }, (_, at) => `file-${at}.bin`);
const tls13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
const fileBytes = 8 * 1024;

/** Waits for the ClientHello, leaves it where it is, and tells the tickets that it offers. */
async function ticketsOf(line: WatchedLine): Promise<readonly Buffer[]> {
  let offered: readonly Buffer[] = [];
  const measure = (unread: Buffer): number | undefined => {
    const found = offeredTickets(unread);
    if (found === undefined) return undefined;
    offered = found;
    return 0;
  };
  await line.take(measure, 'a ClientHello');
  return offered;
}

/** Serves a folder, and lets `secure` begin TLS on each data connection, whose number and tickets it is told. */
function servedFolder(
  lab: ClientLab,
  secure: (session: ScriptedSession, line: WatchedLine, tickets: readonly Buffer[], number: number) => Promise<unknown>,
  give: (line: WatchedLine, bytes: Buffer, session: ScriptedSession, made: unknown) => Promise<void> = async (
    line,
    bytes,
    session,
  ) => {
    await line.write(bytes);
    await session.endData(line);
  },
): RogueOptions {
  const content = lab.random.bytes(fileBytes);
  let number = 0;
  const commands = folderScripts(fileNames, content, async (session, bytes) => {
    await session.reply('150 Here it comes');
    if (session.protection === 'C') lab.skip('the client does not protect its data connections');
    const line = await session.acceptRawData();
    number += 1;
    const made = await secure(session, line, await ticketsOf(line), number);
    await give(line, bytes, session, made);
    await session.reply('226 Done');
  });
  return { content, tls: tls13, dataTlsStart: 'on-transfer', commands };
}

export const ticketsUsedOnce = defineClientCase({
  id: 'rfc8446/4.6.1/tickets-used-once',
  row: 'D03c',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 8446 section 4.6.1 and appendix C.4',
  requirement: 'A client that resumes offers each ticket on one connection only, and keeps the new ones for the next.',
  outcomes: {
    fresh: { grade: 'pass', says: 'the client offers a ticket that it has not used before on each data connection' },
    thrifty: { grade: 'info', says: 'the client offers a ticket a second time only where it has no other' },
    repeats: { grade: 'broken', says: 'the client offers a ticket a second time although it was given others' },
    full: { grade: 'info', says: 'the client makes full handshakes' },
    fails: { grade: 'broken', says: 'the client fails where a ticket is not taken a second time' },
    hangs: { grade: 'broken', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice:
    'Keep every ticket as it comes, on the control connection and on data connections, and offer the newest unused one.',
  task: 'tree',
  async run(lab) {
    const desk = new TicketDesk(lab);
    const run = await lab.run(servedFolder(lab, (session, line, tickets) => desk.secure(session, line, tickets)));
    const { connections, offering, wasteful, dry, resumed } = desk;
    if (connections < 2 && run.claimsSuccess) lab.skip('the client opens fewer than two data connections');
    const facts =
      `${connections} data connections, ${offering} with tickets, ${wasteful} with one that was used before although others ` +
      `were left, ${dry} with one where none was left, ${resumed} resumed; ${run.facts}`;
    if (run.hung) return { outcome: 'hangs', facts };
    if (run.crashed) return { outcome: 'crashes', facts };
    if (!run.claimsSuccess) return { outcome: 'fails', facts };
    if (wasteful > 0) return { outcome: 'repeats', facts };
    if (offering === 0) return { outcome: 'full', facts };
    return { outcome: dry > 0 ? 'thrifty' : 'fresh', facts };
  },
});

/** OpenSSL gives so many tickets behind a full handshake, and none behind a resumed one. */
const ticketsOfHandshake = 2;

/** Takes each ticket once, and counts what each session was given and has used. */
class TicketDesk {
  readonly #lab: ClientLab;
  readonly #sessions = new Map<ScriptedSession, { given: number; readonly used: Set<string> }>();
  /** A ticket begins with the name of its key, and is known only under this key. */
  readonly #keys = [randomBytes(48), randomBytes(48)] as const;
  connections = 0;
  offering = 0;
  wasteful = 0;
  dry = 0;
  resumed = 0;

  constructor(lab: ClientLab) {
    this.#lab = lab;
  }

  async secure(session: ScriptedSession, line: WatchedLine, tickets: readonly Buffer[]): Promise<void> {
    const known = this.#sessions.get(session) ?? { given: ticketsOfHandshake, used: new Set() };
    this.#sessions.set(session, known);
    const names = tickets.map((ticket) => hashOf(ticket));
    for (const name of names) this.#lab.note(`the client offers the ticket ${name.slice(0, 8)}`);
    const isRepeated = names.some((name) => known.used.has(name));
    this.connections += 1;
    if (names.length > 0) this.offering += 1;
    if (isRepeated && known.given > known.used.size) this.wasteful += 1;
    else if (isRepeated) this.dry += 1;
    for (const name of names) known.used.add(name);
    const [first, second] = this.#keys;
    const own = this.#keys.find((key) => tickets[0]?.subarray(0, 16).equals(key.subarray(0, 16)));
    if (isRepeated) await session.secureData(line, { ticketKeys: own === first ? second : first });
    else if (own !== undefined) await session.secureData(line, { ticketKeys: own });
    else await session.acceptData();
    if (line.tls?.isSessionReused() === true) this.resumed += 1;
    else known.given += ticketsOfHandshake;
  }
}

/** Records are made by hand here, and so is the ticket. */
const ticketBytes = 200;

export const lateTicketsUsed = defineClientCase({
  id: 'rfc8446/4.6.1/late-tickets-used',
  row: 'D04d',
  area: 'tls',
  level: 'MAY',
  clause: 'RFC 8446 section 4.6.1',
  requirement: 'A ticket that comes between the data may be used for the next connection.',
  outcomes: {
    offers: { grade: 'pass', says: 'the client offers the late ticket on the next data connection' },
    another: { grade: 'info', says: 'the client offers another ticket' },
    full: { grade: 'info', says: 'the client makes full handshakes' },
    fails: { grade: 'non-strict', says: 'the client fails' },
    hangs: { grade: 'non-strict', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice: 'Listen for tickets as long as the connection lasts, and not only right behind the handshake.',
  task: 'tree',
  async run(lab) {
    const counted = { late: 0, others: 0, connections: 0 };
    const run = await lab.run(
      servedFolder(
        lab,
        async (session, line, tickets, number) => {
          counted.connections = number;
          const isLate = tickets.some((ticket) => ticket.length === ticketBytes && ticket.every((byte) => byte === 7));
          if (number > 1 && isLate) counted.late += 1;
          else if (number > 1 && tickets.length > 0) counted.others += 1;
          if (number > 1) return session.secureData(line, {});
          return session.forgeData(line);
        },
        async (line, bytes, session, records) => {
          if (!(records instanceof Tls13Records)) {
            await line.write(bytes);
            await session.endData(line);
            return;
          }
          await line.writeRaw(records.data(bytes.subarray(0, bytes.length / 2)));
          lab.fault('a ticket between the data');
          await line.writeRaw(records.ticket(ticketBytes));
          await line.writeRaw(Buffer.concat([records.data(bytes.subarray(bytes.length / 2)), records.closeNotify()]));
          line.raw.end();
        },
      ),
    );
    if (counted.connections < 2 && run.claimsSuccess) lab.skip('the client opens fewer than two data connections');
    const facts = `${counted.late} data connections with the late ticket, ${counted.others} with others; ${run.facts}`;
    if (run.hung) return { outcome: 'hangs', facts };
    if (run.crashed) return { outcome: 'crashes', facts };
    if (!run.claimsSuccess) return { outcome: 'fails', facts };
    if (counted.late > 0) return { outcome: 'offers', facts };
    return { outcome: counted.others > 0 ? 'another' : 'full', facts };
  },
});
