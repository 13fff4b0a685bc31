/** Renews the ticket of a session that is resumed, for clients that use each ticket once (RFC 8446 appendix C.4). */

import { randomBytes } from 'node:crypto';
import type { SecureContext } from 'node:tls';

/** What Node has below a `SecureContext` for tickets; see docs/decisions/0011-data-lines-that-must-resume.md. */
interface TicketContext {
  enableTicketKeyCallback(): void;
  onticketkeycallback: (name: Buffer, iv: Buffer, encrypt: boolean) => readonly unknown[];
}

/** The parts of `ticketKeys` as Node cuts them, 16 bytes each. */
const partBytes = 16;
/** Answers to OpenSSL: the ticket is of another key; it is good; it is good and a new one is to be sent. */
const answers = { unknown: 0, good: 1, renew: 2 } as const;
/** Tickets that are remembered as used; a client that uses one again does so with the next data line or the one behind. */
const maxUsedTickets = 8;

/**
 * Makes `context` accept the tickets of `ticketKeys` (48 bytes) and send a new one with each resumption. Clients that
 * use a ticket a second time need no new ones, and get none from then on: what they leave unread when they close a data
 * line would reset it.
 */
export function renewTickets(context: SecureContext, ticketKeys: Buffer): void {
  const [name, hmacKey, aesKey] = [0, 1, 2].map((part) =>
    ticketKeys.subarray(part * partBytes, (part + 1) * partBytes),
  );
  const native = context.context as TicketContext;
  const used: string[] = [];
  let renews = true;
  native.enableTicketKeyCallback();
  native.onticketkeycallback = (ticketName, iv, encrypt) => {
    if (encrypt) return [answers.good, hmacKey, aesKey, name, randomBytes(partBytes)];
    if (name === undefined || !ticketName.equals(name)) return [answers.unknown, hmacKey, aesKey];
    const ticket = iv.toString('hex');
    if (used.includes(ticket)) renews = false;
    used.push(ticket);
    if (used.length > maxUsedTickets) used.shift();
    return [renews ? answers.renew : answers.good, hmacKey, aesKey];
  };
}
