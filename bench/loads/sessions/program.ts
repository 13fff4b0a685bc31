/** The load process for sessions: takes orders from the driver over its channel, one at a time, and answers each. */

import { breaks, prepareBreaks } from './breaks.ts';
import { EndlessDownloads, openSessions, SteadyNoops, transferInAll } from './crowd.ts';
import { list } from './listing.ts';
import { logins } from './logins.ts';
import type { AnswerMessage, AnswerOf, OrderMessage, OrderName, OrderOf } from './orders.ts';

let noops: SteadyNoops | undefined;
const downloads = new EndlessDownloads();

const handlers: { [Name in OrderName]: (order: OrderOf<Name>) => Promise<AnswerOf<Name>> } = {
  logins,
  list,
  prepareBreaks: async (order) => {
    await prepareBreaks(order);
    return {};
  },
  breaks: async (order) => ({ timesMs: await breaks(order) }),
  open: async ({ target, sessions }) => {
    await openSessions(target, sessions);
    return { sessions };
  },
  transfer: transferInAll,
  beginTransfers: async (movement) => {
    await downloads.begin(movement);
    return {};
  },
  lookAtTransfers: async () => ({ running: downloads.running, bytes: downloads.bytes }),
  beginNoops: async ({ everyMs }) => {
    noops = new SteadyNoops(everyMs);
    return {};
  },
  endNoops: async () => ({ noops: (await noops?.end()) ?? [] }),
};

async function obey<Name extends OrderName>({ name, order }: OrderMessage<Name>): Promise<AnswerMessage> {
  try {
    return { answer: await handlers[name](order) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (message: OrderMessage) => {
  obey(message).then(
    (answer) => process.send?.(answer),
    () => process.exit(1),
  );
});
process.on('disconnect', () => process.exit(0));
