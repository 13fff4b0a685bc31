/** Logins as fast as the server takes them: connect, AUTH TLS, full handshake, USER, PASS, QUIT. */

import { setTimeout as sleep } from 'node:timers/promises';
import { FtpControl } from '../ftp-control.ts';
import type { AnswerOf, OrderOf } from './orders.ts';

export async function logins({ target, count, atOnce, limitMs }: OrderOf<'logins'>): Promise<AnswerOf<'logins'>> {
  let left = count;
  let done = 0;
  const work = async () => {
    while (left-- > 0) {
      const control = await FtpControl.login(target);
      await control.close();
      done++;
    }
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  const limit = new AbortController();
  const overdue = sleep(limitMs, undefined, { signal: limit.signal }).catch(() => {});
  await Promise.race([Promise.all(Array.from({ length: atOnce }, work)), overdue]);
  limit.abort();
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { done, elapsedMs, cpuMs: (user + system) / 1000 };
}
