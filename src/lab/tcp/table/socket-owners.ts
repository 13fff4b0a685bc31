/** Which processes hold which socket: every descriptor in /proc is looked at, as netstat and ss do. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that holds a socket. */
export interface SocketOwner {
  readonly pid: number;
  /** The program: its short name as the kernel has it, or of an interpreter the script that it runs. */
  readonly name: string;
  readonly descriptor: number;
  /** The process that has started it. */
  readonly parent: number;
}

export interface SocketOwners {
  /** By number of the socket. */
  readonly byInode: ReadonlyMap<number, readonly SocketOwner[]>;
  /** Processes whose descriptors this user may not see. */
  readonly hidden: number;
}

/** Walks all processes. What ends meanwhile is left out. */
export function socketOwners(): SocketOwners {
  const byInode = new Map<number, SocketOwner[]>();
  let hidden = 0;
  for (const entry of namesIn('/proc') ?? []) {
    if (!/^\d+$/.test(entry)) continue;
    const descriptors = namesIn(`/proc/${entry}/fd`);
    if (descriptors === undefined) {
      hidden += 1;
      continue;
    }
    let program: { readonly name: string; readonly parent: number } | undefined;
    for (const descriptor of descriptors) {
      const inode = socketAt(`/proc/${entry}/fd/${descriptor}`);
      if (inode === undefined) continue;
      program ??= { name: programName(Number(entry)), parent: parentOf(Number(entry)) };
      const owners = byInode.get(inode) ?? [];
      owners.push({ pid: Number(entry), ...program, descriptor: Number(descriptor) });
      byInode.set(inode, owners);
    }
  }
  return { byInode, hidden };
}

function namesIn(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

function socketAt(link: string): number | undefined {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(link)) ?? [];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined;
  }
}

const interpreters = /^(?:node|MainThread|python[\d.]*|perl|ruby|java)$/;

/** `curl`, `vsftpd`; of what an interpreter runs the name of the script: `twinline`; of a title its words before any option. */
export function programName(pid: number): string {
  const short = factOf(pid, 'comm').trim().replace(/ -.*$/s, '');
  if (!interpreters.test(short)) return short;
  const [program = '', ...words] = factOf(pid, 'cmdline').split('\0');
  const script = words.find((word) => word !== '' && !word.startsWith('-'));
  const interpreter = program.split('/').at(-1) || short;
  return (
    script
      ?.split('/')
      .at(-1)
      ?.replace(/\.(?:[cm]?[jt]s|py|pl|rb)$/, '') || interpreter
  );
}

/** The second field behind the name, which may hold blanks and brackets itself; 0 where it has ended. */
function parentOf(pid: number): number {
  const [, parent = ''] = /^[^]*\) \S+ (\d+)/.exec(factOf(pid, 'stat')) ?? [];
  return Number(parent);
}

function factOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
