/** Logins as fast as the server takes them: connect, AUTH TLS, full handshake, USER, PASS, QUIT. */

import { FtpControl } from '../ftp-control.ts';
import type { AnswerOf, OrderOf } from './orders.ts';

export async function logins({ target, count, atOnce }: OrderOf<'logins'>): Promise<AnswerOf<'logins'>> {
  let left = count;
  const work = async () => {
    while (left-- > 0) {
      const control = await FtpControl.login(target);
      await control.close();
    }
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { elapsedMs, cpuMs: (user + system) / 1000 };
}
