/** What a scripted server does where the test says nothing: enough of FTP for any client to log in and move files. */

import { isIP } from 'node:net';
import type { Script, ScriptedSession } from './scripted-session.ts';

async function authenticate(session: ScriptedSession): Promise<void> {
  await session.reply('234 Starting TLS');
  await session.upgrade();
}

async function openExtended(session: ScriptedSession): Promise<void> {
  await session.reply(`229 Entering Extended Passive Mode (|||${await session.openData()}|)`);
}

async function openPassive(session: ScriptedSession): Promise<void> {
  const port = await session.openData();
  await session.reply(`227 Entering Passive Mode (127,0,0,1,${port >> 8},${port & 255})`);
}

/** The address and port of PORT or EPRT, read apart from the codecs of server and client. */
function activeTarget(argument: string): { host: string; port: number } | undefined {
  const six = /^(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)$/.exec(argument)?.slice(1);
  if (six !== undefined) {
    return { host: six.slice(0, 4).join('.'), port: Number(six[4]) * 256 + Number(six[5]) };
  }
  const [, host = '', port] = /^\|[12]\|([^|]+)\|(\d+)\|$/.exec(argument) ?? [];
  return isIP(host) === 0 ? undefined : { host, port: Number(port) };
}

async function takeActive(session: ScriptedSession, argument: string): Promise<void> {
  const target = activeTarget(argument);
  if (target === undefined) {
    await session.reply('501 Not in the script');
    return;
  }
  session.dialDataTo(target.host, target.port);
  await session.reply('200 Fine');
}

async function protect(session: ScriptedSession, argument: string): Promise<void> {
  if (argument === 'C' || argument === 'P') {
    session.protection = argument;
    await session.reply(`200 Protection level set to ${argument}`);
  } else await session.reply('504 Not in the script');
}

/** Served or stored under that name; `/name` is the same file as `name`. */
function contentOf({ files, uploads }: ScriptedSession, name: string): Uint8Array | undefined {
  const plain = name.replace(/^\//, '');
  return files[name] ?? uploads.get(name) ?? files[plain] ?? uploads.get(plain);
}

async function size(session: ScriptedSession, name: string): Promise<void> {
  const bytes = contentOf(session, name);
  await session.reply(bytes === undefined ? '550 No such file' : `213 ${bytes.length}`);
}

async function restart(session: ScriptedSession, argument: string): Promise<void> {
  session.restartAt = Number(argument);
  await session.reply(`350 Restarting at ${argument}`);
}

async function sendBytes(session: ScriptedSession, bytes: Uint8Array): Promise<void> {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(bytes);
  await session.endData(line);
  await session.reply('226 Done');
}

async function retrieve(session: ScriptedSession, name: string): Promise<void> {
  const bytes = contentOf(session, name);
  const from = session.restartAt;
  session.restartAt = 0;
  if (bytes === undefined) await session.reply('550 No such file');
  else await sendBytes(session, bytes.subarray(from));
}

async function list(session: ScriptedSession): Promise<void> {
  const entries = Object.entries(session.files);
  const lines = entries.map(([name, bytes]) => `type=file;size=${bytes.length}; ${name}\r\n`);
  await sendBytes(session, Buffer.from(lines.join('')));
}

async function listUnix(session: ScriptedSession): Promise<void> {
  const lines = Object.entries(session.files).map(
    ([name, bytes]) => `-rw-r--r--   1 ftp      ftp      ${String(bytes.length).padStart(12)} Jan 01  2026 ${name}\r\n`,
  );
  await sendBytes(session, Buffer.from(lines.join('')));
}

function store(append: boolean): Script {
  return async (session, name) => {
    const before = session.uploads.get(name) ?? Buffer.alloc(0);
    const kept = append ? before : before.subarray(0, session.restartAt);
    session.restartAt = 0;
    await session.reply('150 Send it');
    const line = await session.acceptData();
    const bytes = await line.readToEnd();
    session.uploads.set(name, Buffer.concat([kept, bytes]));
    await session.endData(line);
    await session.reply('226 Done');
  };
}

async function remove(session: ScriptedSession, name: string): Promise<void> {
  await session.reply(session.uploads.delete(name) ? '250 Removed' : '550 No such file');
}

async function quit(session: ScriptedSession): Promise<void> {
  await session.reply('221 Goodbye');
  if (session.control.tls === undefined) session.control.fin();
  else session.control.closeNotifyThenFin();
}

/** The default script of each verb. */
export const defaultScripts: Readonly<Record<string, Script>> = {
  AUTH: authenticate,
  USER: '331 Password, please',
  PASS: '230 Logged in',
  PBSZ: '200 PBSZ=0',
  PROT: protect,
  FEAT: '211-Features:\n AUTH TLS\n EPSV\n MLST type*;size*;\n PBSZ\n PROT\n REST STREAM\n SIZE\n UTF8\n211 End',
  OPTS: '200 Fine',
  SYST: '215 UNIX Type: L8',
  PWD: '257 "/" is the current directory',
  CWD: '250 Changed',
  TYPE: '200 Type set',
  MKD: (session, name) => session.reply(`257 "${name.replaceAll('"', '""')}" made`),
  RMD: '250 Removed',
  DELE: remove,
  NOOP: '200 Fine',
  EPSV: openExtended,
  PASV: openPassive,
  EPRT: takeActive,
  PORT: takeActive,
  REST: restart,
  SIZE: size,
  RETR: retrieve,
  LIST: listUnix,
  MLSD: list,
  NLST: async (session) =>
    sendBytes(
      session,
      Buffer.from(
        Object.keys(session.files)
          .map((name) => `${name}\r\n`)
          .join(''),
      ),
    ),
  STOR: store(false),
  APPE: store(true),
  ABOR: '226 Nothing to abort',
  QUIT: quit,
};
