/** The system calls that Node has no API for, from the C library of the machine through koffi; loaded when first asked for. */

import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type * as Koffi from 'koffi';
import { TwinlineError } from '../../../errors/index.ts';

/** Numbers of Linux, the same on every machine that Node runs on. */
export const linux = {
  family: { ipv4: 2, ipv6: 10, netlink: 16, packet: 17 },
  type: { datagram: 2, raw: 3, closeOnExec: 0x80000, nonBlocking: 0x800 },
  level: { socket: 1 },
  option: { attachFilter: 26, receiveBuffer: 8, receiveBufferForced: 33 },
  networkNamespace: 0x4000_0000,
} as const;

/** How this machine writes words, which netlink and /proc follow. */
export const isLittleEndian = endianness() === 'LE';

/** System calls; each throws `SystemCallError` where it fails. All of them act at once, in this thread. */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(descriptor: number, address: Uint8Array): void;
  send(descriptor: number, bytes: Uint8Array, address?: Uint8Array): void;
  /** Bytes put into `buffer`; undefined where there is nothing now. */
  receive(descriptor: number, buffer: Uint8Array): number | undefined;
  /** Whether something is there to be read within the time. */
  isReadable(descriptor: number, timeoutMs: number): boolean;
  setOption(descriptor: number, level: number, option: number, value: Uint8Array): void;
  /** Lets only those packets through that the program of the packet filter takes. */
  attachFilter(descriptor: number, program: Uint8Array): void;
  /** Moves this thread into the network namespace that the descriptor is of. */
  enterNetworkNamespace(descriptor: number): void;
  close(descriptor: number): void;
}

/** What a system call failed with. */
export class SystemCallError extends Error {
  /** `EPERM`, `ENOENT`. */
  readonly errno: string;

  constructor(call: string, errno: string) {
    super(`${call}: ${errno}`);
    this.name = 'SystemCallError';
    this.errno = errno;
  }
}

/** The libraries of glibc and musl. */
const libraries = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'];

let loaded: Libc | undefined;

/** Throws `TwinlineError` ERR_TWINLINE_SYSTEM where the machine has no such library, or koffi is not installed. */
export function libc(): Libc {
  if (process.platform !== 'linux') {
    throw unavailable('Connections are read and ended by means of Linux; this machine has another system.');
  }
  return (loaded ??= load());
}

function unavailable(message: string, cause?: unknown): TwinlineError {
  return new TwinlineError('ERR_TWINLINE_SYSTEM', message, { cause });
}

function load(): Libc {
  let koffi: typeof Koffi;
  try {
    koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  } catch (error) {
    throw unavailable('Sockets of the kernel need the optional package koffi: npm install koffi.', error);
  }
  for (const name of libraries) {
    try {
      return bindCalls(koffi, koffi.load(name));
    } catch {
      continue;
    }
  }
  throw unavailable(`None of ${libraries.join(', ')} could be loaded.`);
}

type Call = (...values: readonly unknown[]) => number;
/** Results of 64 bits may come as either. */
type NativeCall = (...values: readonly unknown[]) => number | bigint;

function bindCalls(koffi: typeof Koffi, library: ReturnType<typeof Koffi.load>): Libc {
  const call = (declaration: string): Call => {
    const name = /(\w+)\(/.exec(declaration)?.[1] ?? '';
    const native = library.func(declaration) as unknown as NativeCall;
    return (...values) => {
      const result = Number(native(...values));
      if (result < 0) throw new SystemCallError(name, getSystemErrorName(-koffi.errno()));
      return result;
    };
  };
  const socket = call('int socket(int, int, int)');
  const bind = call('int bind(int, const void *, unsigned int)');
  const sendTo = call('long sendto(int, const void *, size_t, int, const void *, unsigned int)');
  const receive = call('long recv(int, void *, size_t, int)');
  const poll = call('int poll(void *, unsigned long, int)');
  const setOption = call('int setsockopt(int, int, int, const void *, unsigned int)');
  const setNamespace = call('int setns(int, int)');
  const close = call('int close(int)');
  koffi.struct('twinline_filter', { length: 'uint16', program: 'void *' });
  const setFilter = call('int setsockopt(int, int, int, const twinline_filter *, unsigned int)');
  return {
    socket,
    bind: (descriptor, address) => void bind(descriptor, address, address.length),
    send: (descriptor, bytes, address) =>
      void sendTo(descriptor, bytes, bytes.length, 0, address ?? null, address?.length ?? 0),
    receive: (descriptor, buffer) => unlessEmpty(() => receive(descriptor, buffer, buffer.length, 0)),
    isReadable: (descriptor, timeoutMs) => unlessEmpty(() => poll(pollRecord(descriptor), 1, timeoutMs)) === 1,
    setOption: (descriptor, level, option, value) => void setOption(descriptor, level, option, value, value.length),
    attachFilter: (descriptor, program) => {
      const { level, option } = linux;
      const record = { length: program.length / 8, program };
      void setFilter(descriptor, level.socket, option.attachFilter, record, koffi.sizeof('twinline_filter'));
    },
    enterNetworkNamespace: (descriptor) => void setNamespace(descriptor, linux.networkNamespace),
    close: (descriptor) => void close(descriptor),
  };
}

/** What the call gives, or undefined where there was nothing to give yet. */
function unlessEmpty(call: () => number): number | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof SystemCallError && ['EAGAIN', 'EINTR'].includes(error.errno)) return undefined;
    throw error;
  }
}

/** `struct pollfd` that asks for input. */
function pollRecord(descriptor: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, descriptor, isLittleEndian);
  view.setInt16(4, 1, isLittleEndian);
  return bytes;
}
