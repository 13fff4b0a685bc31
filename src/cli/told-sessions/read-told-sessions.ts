/** Asks the running programs of Twinline on this machine for their sessions. */

import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { z } from 'zod';
import type { DeclaredSession } from '../../lab/index.ts';
import { runtimeFolders, socketsIn } from './runtime-folders.ts';
import { toldVersion } from './told-version.ts';

/** How long a program may take to answer, in milliseconds. */
const answerMs = 500;

/** Some thousands of sessions. */
const maxAnswerBytes = 4 * 1024 * 1024;

const end = z.object({ host: z.string(), port: z.int() });
const line = z.object({ local: end, remote: end });
const answer = z.object({
  version: z.literal(toldVersion),
  by: z.string().max(100),
  sessions: z.array(z.object({ control: line, data: z.array(line), passive: z.array(end) })),
});

/** Who does not answer as it should is left out. */
export async function readToldSessions(): Promise<readonly DeclaredSession[]> {
  const sockets = runtimeFolders()
    .flatMap(socketsIn)
    .filter(({ pid, stats }) => isTheirs(pid, stats.uid));
  const told = await Promise.all(sockets.map(({ path, pid }) => ask(path, pid)));
  return told.flat();
}

/** A program speaks for itself: the socket must be of the user as whom it runs, or of root. */
function isTheirs(pid: number, uid: number): boolean {
  try {
    return uid === 0 || statSync(`/proc/${pid}`).uid === uid;
  } catch {
    return false;
  }
}

async function ask(path: string, pid: number): Promise<readonly DeclaredSession[]> {
  try {
    const { by, sessions } = answer.parse(JSON.parse(await textFrom(path)));
    return sessions.map((session) => ({ by: `${by}/${pid}`, pid, ...session }));
  } catch {
    return [];
  }
}

function textFrom(path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(path);
  socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer')));
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (piece: string) => {
    text += piece;
    if (text.length > maxAnswerBytes) socket.destroy(new Error('too much'));
  });
  socket.on('end', () => resolve(text));
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('closed')));
  return promise;
}
