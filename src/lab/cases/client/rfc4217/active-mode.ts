/** D08, G13: active mode, in which the server connects and the client is still the client of TLS. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultScripts, type ScriptedSession } from '../../../../peer/index.ts';
import { defineClientCase } from '../../../engine/lab-case.ts';
import { defineCopingCase } from '../coping-case.ts';

export const clientOfTlsInActiveMode = defineCopingCase({
  id: 'rfc4217/7/tls-client-in-active-mode',
  row: 'D08',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 7',
  requirement: 'The FTP client begins TLS on the data connection also where the server has connected.',
  advice: 'Send the ClientHello as soon as the connection of the server is accepted.',
  task: 'active',
  rogue: () => ({}),
});

/** The port that PORT or EPRT names. */
function portOf(argument: string): number {
  const extended = /\|(\d+)\|$/.exec(argument)?.[1];
  if (extended !== undefined) return Number(extended);
  const [high, low] = argument.split(',').slice(-2).map(Number);
  return (high ?? 0) * 256 + (low ?? 0);
}

const strangerHost = '127.0.0.2';

export const strangerInActiveMode = defineClientCase({
  id: 'rfc2577/8/stranger-on-active-port',
  row: 'G13',
  area: 'security',
  level: 'SHOULD',
  clause: 'RFC 2577 section 8',
  requirement: 'In active mode a connection from another host than the server is not taken for the data connection.',
  outcomes: {
    rejects: { grade: 'pass', says: 'the client waits for the server, and the file arrives' },
    fails: { grade: 'info', says: 'the client gives nothing to the stranger, and fails' },
    'greets-stranger': { grade: 'broken', says: 'the client begins TLS with the stranger' },
    hangs: { grade: 'non-strict', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice: 'Close connections whose address is not that of the control connection, and go on listening.',
  task: 'active',
  async run(lab) {
    let greeted = 0;
    const bePreceded = (verb: string) => async (session: ScriptedSession, argument: string) => {
      const stranger = connect({ host: '127.0.0.1', port: portOf(argument), localAddress: strangerHost });
      stranger.on('error', () => undefined).on('data', (chunk: Buffer) => (greeted += chunk.length));
      lab.atEnd(() => stranger.destroy());
      await once(stranger, 'connect');
      lab.fault(`${strangerHost} connects before the server does`);
      await sleep(100);
      await session.perform(defaultScripts[verb] ?? '', argument);
    };
    const run = await lab.run({ commands: { PORT: bePreceded('PORT'), EPRT: bePreceded('EPRT') } });
    const facts = `${greeted} bytes to the stranger; ${run.facts}`;
    if (greeted > 0) return { outcome: 'greets-stranger', facts };
    if (run.claimsSuccess && run.local === 'whole') return { outcome: 'rejects', facts };
    if (run.hung) return { outcome: 'hangs', facts };
    return { outcome: run.crashed ? 'crashes' : 'fails', facts };
  },
});
