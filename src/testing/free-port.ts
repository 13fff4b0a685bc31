/** Ports for programs that must be told theirs: the kernel's choice for one, a tried range for many. */

import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const loopback = '127.0.0.1';

/** Below the ephemeral ports of Linux (32768 and up), so that no outgoing connection sits inside a chosen range. */
const rangeFloor = 20_000;
const rangeCeiling = 32_000;

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** A port that was free a moment ago, chosen by the kernel. Programs that can listen on port 0 should rather do so. */
export async function freePort(host: string = loopback): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error(`No port on ${host}.`);
  return address.port;
}

/** The first port of `count` neighbours that were all free a moment ago. */
export async function freePortRange(count: number, host: string = loopback): Promise<{ min: number; max: number }> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const min = randomInt(rangeFloor, rangeCeiling - count);
    const ports = Array.from({ length: count }, (_, index) => min + index);
    const free = await Promise.all(ports.map((port) => canListen(port, host)));
    if (free.every(Boolean)) return { min, max: min + count - 1 };
  }
  throw new Error(`No ${count} free neighbouring ports between ${rangeFloor} and ${rangeCeiling}.`);
}

/** Waits until something accepts connections on the port, or rejects after `timeoutMs`. */
export async function waitForPort(port: number, options: { host?: string; timeoutMs?: number } = {}): Promise<void> {
  const { host = loopback, timeoutMs = 10_000 } = options;
  const until = performance.now() + timeoutMs;
  for (;;) {
    const socket = connect(port, host);
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (performance.now() > until) throw new Error(`Nothing listens on ${host}:${port}.`, { cause: error });
      await sleep(20);
    } finally {
      socket.destroy();
    }
  }
}
