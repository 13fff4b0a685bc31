/** B15: connections that are reset in the middle of the TLS handshake. */

import { SetupFailed } from '../../../engine/case-errors.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { canLogIn } from '../../../server-lab/aftermath.ts';
import { handshakeFailure } from '../../../server-lab/handshake.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

/** Enough that a session that leaks each time is noticed where few are allowed, in connections. */
const resets = 8;

async function resetOne(lab: ServerLab): Promise<void> {
  const session = await lab.greeted();
  await session.need(234, 'AUTH TLS');
  const { raw } = session.control;
  // Before this end has seen the flight, so that it has answered nothing.
  raw.once('data', () => {
    session.fault('RST behind the first flight of the server');
    session.control.reset();
  });
  await handshakeFailure(session);
}

export const resetInHandshake = defineServerCase({
  id: 'rfc4217/10.1/reset-in-handshake',
  row: 'B15',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 4217 section 10.1',
  requirement: 'Handshakes that are reset in their middle leave nothing behind: the next session can log in.',
  outcomes: {
    survived: { grade: 'pass', says: `behind ${resets} broken handshakes a session logs in` },
    'no-login': { grade: 'fail', says: `behind ${resets} broken handshakes no session can log in` },
  },
  advice: 'Drop the control connection when its handshake fails, and free its session.',
  needs: ['explicit-tls'],
  async run(lab) {
    try {
      for (let count = 0; count < resets; count++) await resetOne(lab);
    } catch (error) {
      // A server that turns new sessions away has kept the broken ones: the probe shows it.
      if (!(error instanceof SetupFailed)) throw error;
    }
    const probes = [await canLogIn(lab)];
    return { outcome: probes.every(({ ok }) => ok) ? 'survived' : 'no-login', probes };
  },
});
