/** A client that moves a part of what is large and says that all went well, whatever happened to its lines. */

import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataLine, LineEndedError, ScriptedClient } from '../../../src/peer/index.ts';
import type { AskedRun, RunResult } from './in-process.ts';

/** Up to this many bytes it is honest: the lab tries every client with a small file before it judges. */
const smallBytes = 256 * 1024;
/** What it moves or keeps of more: enough for the lab to be in the middle of it. */
const partBytes = 160 * 1024;
/** How long it bears lines on which nothing happens, in milliseconds. */
const stillMs = 1_000;

/** The words that {@link claim} takes. */
export const claimantWords = ['{port}', '{user}', '{password}', '{remote}', '{local}'] as const;

/** Does one task as well as it goes, and claims success. */
export async function claim({ task, words, signal }: AskedRun, security: 'explicit' | 'plain'): Promise<RunResult> {
  const [port, user = '', password = '', remote = '', local = ''] = words;
  await using client = await ScriptedClient.connect({ port: Number(port) });
  signal.addEventListener('abort', () => client.close());
  await client.readReply();
  if (security === 'explicit') await client.authTls();
  await client.login(user, password);
  if (security === 'explicit') await client.protect();
  await client.expect(200, 'TYPE I');
  const line = await client.openPassive({ tls: security === 'explicit' });
  const command = task === 'list' ? 'LIST' : `${task === 'upload' ? 'STOR' : 'RETR'} ${remote}`;
  await client.send(`${command}\r\n`);
  if (task === 'upload') await despiteLoss(give(line, await readFile(local)));
  else await untilStill(line);
  if (line.tls === undefined) line.fin();
  else line.closeNotifyThenFin();
  const reply = await Promise.race([finalReply(client), sleep(stillMs, '')]);
  const got = line.unread();
  const isWhole = reply.startsWith('226') && got.length <= smallBytes;
  if (task === 'download') await writeFile(local, isWhole ? got : got.subarray(0, partBytes));
  return { exitCode: 0, stdout: task === 'list' && isWhole ? got.toString().slice(0, 200) : '', stderr: '' };
}

async function give(line: DataLine, content: Buffer): Promise<void> {
  await Promise.race([line.secured, line.ended, sleep(stillMs)]);
  const bytes = content.length <= smallBytes ? content : content.subarray(0, partBytes);
  await Promise.race([line.write(bytes), sleep(stillMs)]);
}

async function despiteLoss(step: Promise<unknown>): Promise<void> {
  await step.catch((error: unknown) => {
    const isLoss = error instanceof LineEndedError || (error instanceof Error && 'code' in error);
    if (!isLoss) throw error;
  });
}

async function finalReply(client: ScriptedClient): Promise<string> {
  try {
    for (;;) {
      const reply = await client.readReply();
      if (!reply.startsWith('1')) return reply;
    }
  } catch {
    return '';
  }
}

async function untilStill(line: DataLine): Promise<void> {
  for (let before = -1; before < line.receivedBytes && line.ending.how === 'none';) {
    before = line.receivedBytes;
    await Promise.race([line.ended, line.closeNotified(), sleep(stillMs)]);
  }
}
