/** What rogue scripts have in common: a transfer up to the moment at which it goes wrong. */

import type { Script, ScriptedSession, Tls13Records, WatchedLine } from '../../../src/testing/index.ts';
import type { RogueCommand } from './define-rogue-case.ts';

/** A transfer that has begun: the 150 is out and the data line stands. */
export interface Begun {
  readonly session: ScriptedSession;
  readonly line: WatchedLine;
  /** The argument of the command. */
  readonly name: string;
}

export interface Sending extends Begun {
  /** What is to be sent, from the restart offset on. */
  readonly bytes: Uint8Array;
}

function contentOf(session: ScriptedSession, name: string): Uint8Array | undefined {
  const from = session.restartAt;
  session.restartAt = 0;
  return (session.files[name] ?? session.uploads.get(name))?.subarray(from);
}

/** RETR up to the open data line; the rest is the case. */
export function sending(rest: (transfer: Sending) => void | Promise<void>): Script {
  return async (session, name) => {
    const bytes = contentOf(session, name);
    if (bytes === undefined) {
      await session.reply('550 No such file');
      return;
    }
    await session.reply('150 Here it comes');
    await rest({ session, name, bytes, line: await session.acceptData() });
  };
}

export interface Forging extends Sending {
  readonly records: Tls13Records;
}

/** RETR with the records of the data line in hand; needs `dataTlsStart: 'on-transfer'` and TLS 1.3. */
export function forging(rest: (transfer: Forging) => void | Promise<void>): Script {
  return async (session, name) => {
    const bytes = contentOf(session, name) ?? new Uint8Array();
    await session.reply('150 Here it comes');
    const line = await session.acceptRawData();
    const records = await session.forgeData(line);
    await rest({ session, name, bytes, line, records });
  };
}

/** STOR or APPE up to the open data line; the rest is the case. */
export function taking(rest: (transfer: Begun) => void | Promise<void>): Script {
  return async (session, name) => {
    await session.reply('150 Send it');
    await rest({ session, name, line: await session.acceptData() });
  };
}

/** Ends a line without a word: by FIN alone, also under TLS. */
export function cut(line: WatchedLine): void {
  if (line.tls === undefined) line.fin();
  else line.finWithoutCloseNotify();
}

/** Plays the scripts one after the other, one a call; the last one stays. `undefined` is what a decent server does. */
export function inTurn(...scripts: readonly [Script, ...Script[]]): Script {
  let calls = 0;
  return async (session, argument) => {
    const script = scripts[Math.min(calls, scripts.length - 1)] ?? scripts[0];
    calls += 1;
    await session.perform(script, argument);
  };
}

/** `get` of one file to `out` in the folder of the run. */
export function get(path = 'a.bin', options: readonly string[] = ['--retry', '0']): RogueCommand {
  return { name: 'get', path, options: ['-o', '@/out', ...options] };
}

/** `put` of local bytes as `b.bin`. */
export function put(bytes: Uint8Array, options: readonly string[] = ['--retry', '0']): RogueCommand {
  return { name: 'put', before: ['@/up.bin'], path: 'b.bin', options, local: { 'up.bin': bytes } };
}

export function ls(path = '', options: readonly string[] = []): RogueCommand {
  return { name: 'ls', path, options };
}

/** `mirror` of a folder there into the empty folder `to` of the run. */
export function mirror(path = '', options: readonly string[] = ['--retry', '0']): RogueCommand {
  return { name: 'mirror', path, behind: ['@/to'], options: ['--no-journal', '--parallel', '1', ...options] };
}

/** MLSD, LIST or NLST that brings this text; lines get CRLF, and what is no UTF-8 comes as bytes. */
export function listing(content: string | Uint8Array): Script {
  return async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(typeof content === 'string' ? content.replaceAll('\n', '\r\n') : content);
    await session.endData(line);
    await session.reply('226 Done');
  };
}
