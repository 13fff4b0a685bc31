/** Lets whoever runs `twinline conns` ask this process which of its connections belong together. */

import { unlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { openSessions } from '../../net/index.ts';
import { makeRuntimeFolder, ownRuntimeFolder, socketPath, socketsIn } from './runtime-folders.ts';
import { toldVersion } from './told-version.ts';

let isTelling = false;

/**
 * Opens a socket in the folder of this user that answers every connection with the sessions as they are then. Where there can be
 * none, nothing is told, and nobody misses it but `conns`. A second call does nothing.
 */
export function tellSessions(by: string): void {
  if (isTelling || process.platform === 'win32') return;
  isTelling = true;
  const folder = ownRuntimeFolder();
  if (!makeRuntimeFolder(folder)) return;
  sweep(folder);
  const path = socketPath(folder, process.pid);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.unref();
    socket.end(JSON.stringify({ version: toldVersion, by, sessions: openSessions() }));
  });
  server.on('error', () => server.close());
  server.listen(path, () => process.once('exit', () => remove(path)));
  // A command ends when its work is done.
  server.unref();
}

/** Sockets of programs that were killed. */
function sweep(folder: string): void {
  for (const { path, pid } of socketsIn(folder)) if (!isAlive(pid)) remove(path);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It has gone already.
  }
}
