/** Ports that nobody should connect to, and ports that do not answer. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from '../../peer/index.ts';

/** A listener whose connections are counted. */
export interface Trap {
  readonly port: number;
  readonly caught: number;
  close(): void;
}

/** Listens on an address of this machine; a connection is counted and left alone. */
export async function openTrap(host: string, port = 0): Promise<Trap> {
  const held: Socket[] = [];
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    held.push(socket);
  });
  listener.listen(port, host);
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    get caught() {
      return held.length;
    },
    close: () => {
      listener.close();
      for (const socket of held) socket.destroy();
    },
  };
}

/** A port of this machine that refuses connections. */
export async function closedPort(host: string): Promise<number> {
  const trap = await openTrap(host);
  trap.close();
  return trap.port;
}

const stoppedListener = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log('port ' + server.address().port));
`;

/** More connections than this fill the queue of any listener whose backlog is 1. */
const maxFillers = 16;

/** A port that does not answer: its listener is stopped and its queue full, so the kernel drops every further SYN. */
export async function openSilentPort(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const owner = await startProcess(process.execPath, ['-e', stoppedListener]);
  const port = Number((await owner.waitForLine(/^port (\d+)/m))[1]);
  owner.signal('SIGSTOP');
  const fillers: Socket[] = [];
  for (let isAnswered = true; isAnswered && fillers.length < maxFillers;) {
    const filler = connect({ port, host: '127.0.0.1' });
    filler.on('error', () => undefined);
    fillers.push(filler);
    isAnswered = await Promise.race([once(filler, 'connect').then(() => true), sleep(200, false)]);
  }
  const close = async (): Promise<void> => {
    for (const filler of fillers) filler.destroy();
    owner.signal('SIGKILL');
    await owner.exited;
  };
  return { port, close };
}
