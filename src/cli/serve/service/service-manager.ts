/** Tells the service manager (systemd) how the server is: ready, reloading, stopping, alive (sd_notify(3)). */

import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';

const unixFamily = 1;
/** A datagram socket that no child inherits: SOCK_DGRAM | SOCK_CLOEXEC. */
const datagramSocket = 0x8_0002;
const noSignal = 0x4000;
/** Half of the time after which systemd takes the server for dead. */
const watchdogShare = 2;

type Send = (message: string) => void;

/** The service manager of this process; one that is not there takes every word silently. */
export class ServiceManager {
  readonly #send: Send;
  readonly #watchdog: NodeJS.Timeout | undefined;
  /** Why nothing can be told, as a sentence; undefined when all is well or nobody listens. */
  readonly problem: string | undefined;

  /** Takes the variables away, so that no child speaks in our name. */
  constructor(environment: Record<string, string | undefined> = process.env, pid: number = process.pid) {
    const { NOTIFY_SOCKET: address, WATCHDOG_USEC: usec, WATCHDOG_PID: watchdogPid } = environment;
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
    this.#send = () => undefined;
    if (address === undefined) return;
    try {
      this.#send = openNotifySocket(address);
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      this.problem = `The service manager cannot be told that the server is ready (${reason}): use Type=exec in the unit.`;
      return;
    }
    const isOurs = watchdogPid === undefined || Number(watchdogPid) === pid;
    const everyMs = Math.floor(Number(usec) / 1000 / watchdogShare);
    if (isOurs && everyMs > 0) this.#watchdog = setInterval(() => this.#send('WATCHDOG=1'), everyMs).unref();
  }

  ready(status: string): void {
    this.#send(`READY=1\nSTATUS=${status}`);
  }

  /** Ends with `ready`. The time is that of the monotonic clock, which `Type=notify-reload` asks for. */
  reloading(): void {
    this.#send(
      `RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}\nSTATUS=Reading the configuration again`,
    );
  }

  stopping(status: string): void {
    this.#send(`STOPPING=1\nSTATUS=${status}`);
  }

  dispose(): void {
    clearInterval(this.#watchdog);
  }
}

/**
 * Node speaks to no datagram sockets of the file system, and a program that is started for each word would need
 * NotifyAccess=all and lose the watchdog under load: three functions of the C library do. Throws when they are not here.
 */
function openNotifySocket(address: string): Send {
  const { load } = createRequire(import.meta.url)('koffi') as typeof Koffi;
  const libc = load('libc.so.6');
  const socket = libc.func('int socket(int, int, int)') as unknown as (...numbers: number[]) => number;
  const sendTo = libc.func('int64_t sendto(int, const void *, size_t, int, const void *, uint32_t)') as unknown as (
    fd: number,
    message: Buffer,
    bytes: number,
    flags: number,
    to: Buffer,
    toBytes: number,
  ) => number;
  const fd = socket(unixFamily, datagramSocket, 0);
  if (fd < 0) throw new Error('no socket could be opened');
  const to = socketAddress(address);
  return (message) => {
    const bytes = Buffer.from(message);
    sendTo(fd, bytes, bytes.length, noSignal, to, to.length);
  };
}

/** `struct sockaddr_un`; "@" begins a name that is not in the file system. */
function socketAddress(address: string): Buffer {
  const path = Buffer.from(address);
  if (address.startsWith('@')) path[0] = 0;
  const family = Buffer.from(new Uint16Array([unixFamily]).buffer);
  return Buffer.concat([family, path, Buffer.alloc(address.startsWith('@') ? 0 : 1)]);
}
