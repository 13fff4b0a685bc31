/** Workload: logins per second over TLS, with 8 and with 200 clients at once. */

import { cpuSeconds } from '../../test/fixtures/peers/index.ts';
import { LoadProcess, targetOf } from '../loads/sessions/load-process.ts';
import { Ceiling } from '../subjects/bare-ftp.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const few = 8;
const many = 200;
const ceiling = new Ceiling();

const countOf = (atOnce: number, context: BenchContext) => (context.quick ? 200 : 800) + atOnce;

async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
  const target = targetOf(subject);
  await using load = new LoadProcess();
  // So that neither side measures the first handshake of a program.
  await load.order('logins', { target, count: few, atOnce: few });
  const cpu = cpuSeconds(subject.pid);
  const calm = await load.order('logins', { target, count: countOf(few, context), atOnce: few });
  const used = cpuSeconds(subject.pid) - cpu;
  const crowded = await load.order('logins', { target, count: countOf(many, context), atOnce: many });
  return {
    '8 at once': countOf(few, context) / (calm.elapsedMs / 1000),
    '200 at once': countOf(many, context) / (crowded.elapsedMs / 1000),
    'server cpu': (used * 1000) / countOf(few, context),
    'client cpu': calm.cpuMs / countOf(few, context),
  };
}

export const logins: Workload = {
  name: 'logins',
  about:
    'Logins over TLS 1.3 with 8 and with 200 clients at once, 1,000 of them (400 with --quick): connect, AUTH TLS, full ' +
    'handshake with ECDSA and X25519 (P-256 where a server has nothing else), USER, PASS, QUIT, until the server has closed. Ours checks an Argon2id hash and has a ' +
    'cache of logins, vsftpd asks PAM, ProFTPD and Pure-FTPd have SHA-512 crypt, pyftpdlib compares plain text. The clients are ' +
    'one process, which shares two cores with the server; the ceiling says what it can do.',
  ceilingAbout: 'a bare server in Node with the same dialogue, which checks nothing',
  columns: [
    { name: '8 at once', unit: '/s', better: 'more', target: { timesBestPeer: 1.25 } },
    { name: '200 at once', unit: '/s', better: 'more', target: { timesBestPeer: 1.25 } },
    { name: 'server cpu', unit: 'ms/login', better: 'less' },
    { name: 'client cpu', unit: 'ms/login', better: 'less' },
  ],
  prepare: async () => {},
  measure,
  ceiling: async (context) => measure(await ceiling.of(context), context),
  cleanUp: () => ceiling.stop(),
};
