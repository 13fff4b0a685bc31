/** N01: PORT with the address of somebody else, and whether the server goes there. */

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

/** Names a port of `address` by PORT, asks for a listing, and sees who comes. */
async function bounceTo(lab: ServerLab, address: string): Promise<{ codes: string; came: boolean; refused: boolean }> {
  let came = false;
  const victim = createServer((raw) => {
    came = true;
    raw.destroy();
  });
  victim.listen(0, address);
  await once(victim, 'listening');
  try {
    const { port } = victim.address() as AddressInfo;
    const session = await lab.open();
    const words = `${address.replaceAll('.', ',')},${port >> 8},${port & 255}`;
    const named = await session.command(`PORT ${words}`);
    if (classOf(named) > 3) return { codes: named.text, came, refused: true };
    const begun = await session.command(`NLST ${lab.folder}`);
    if (classOf(begun) === 1) await Promise.race([session.replyOrNothing(), sleep(lab.timeouts.promptMs)]);
    return { codes: `${named.text}; ${begun.text}`, came, refused: false };
  } finally {
    victim.close();
  }
}

export const bounce = defineServerCase({
  id: 'rfc2577/3/bounce',
  row: 'N01',
  area: 'security',
  level: 'SHOULD',
  clause: 'RFC 2577 sections 2 and 3',
  requirement: 'The server opens no data connection to another host than the client.',
  outcomes: {
    refused: { grade: 'pass', says: 'PORT with the address of another host is refused' },
    'refused-later': { grade: 'pass', says: 'PORT with another address is taken, and nobody connects to it' },
    connected: { grade: 'broken', says: 'the server connects to another host than the client' },
  },
  advice: 'Refuse PORT and EPRT whose address is not that of the control connection.',
  needs: ['ipv4', 'second-address'],
  async run(lab) {
    const address = lab.target.secondAddress ?? lab.skip('needs another address of this machine');
    const { codes, came, refused } = await bounceTo(lab, address);
    if (came) return { outcome: 'connected', facts: codes };
    return { outcome: refused ? 'refused' : 'refused-later', facts: codes };
  },
});
