/** Workload: logins per second over TLS, with 8 and with 200 clients at once. */

import { cpuSeconds } from '../../test/fixtures/peers/index.ts';
import { LoadProcess, targetOf } from '../loads/sessions/load-process.ts';
import { Ceiling } from '../subjects/bare-ftp.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const few = 8;
const many = 200;
const ceiling = new Ceiling();

/** So many logins in a round, and fewer of a subject that would take longer than this for them, but never fewer than are at once. */
const roundSecondsOf = (context: BenchContext) => (context.quick ? 1 : 6);
const wantedOf = (context: BenchContext) => (context.quick ? 200 : 1000);
/** So that neither side measures the first handshake of a program, and to see how fast the subject is. */
const first = 40;

/** A listen queue may be shorter than the clients are many: some of their connections then wait for seconds. */
const limitMsOf = (context: BenchContext) => 2000 * roundSecondsOf(context);

async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
  const target = targetOf(subject);
  const limitMs = limitMsOf(context);
  await using load = new LoadProcess();
  const guess = await load.order('logins', { target, count: first, atOnce: few, limitMs });
  const inTime = (guess.done / guess.elapsedMs) * 1000 * roundSecondsOf(context);
  const countOf = (atOnce: number) => Math.max(atOnce, Math.round(Math.min(wantedOf(context), inTime)));
  const cpu = cpuSeconds(subject.pid);
  const calm = await load.order('logins', { target, count: countOf(few), atOnce: few, limitMs });
  const used = cpuSeconds(subject.pid) - cpu;
  const crowded = await load.order('logins', { target, count: countOf(many), atOnce: many, limitMs });
  return {
    '8 at once': calm.done / (calm.elapsedMs / 1000),
    '200 at once': crowded.done / (crowded.elapsedMs / 1000),
    'server cpu': (used * 1000) / calm.done,
    'client cpu': calm.cpuMs / calm.done,
  };
}

export const logins: Workload = {
  name: 'logins',
  about:
    'Logins over TLS 1.3 with 8 and with 200 clients at once, 1,000 of each (200 with --quick, and less of a subject that is slow): connect, AUTH TLS, full ' +
    'handshake with ECDSA and X25519 (P-256 where a server has nothing else), USER, PASS, QUIT, until the server has closed. Ours checks an Argon2id hash and has a ' +
    'cache of logins, vsftpd asks PAM, ProFTPD and Pure-FTPd have SHA-512 crypt, pyftpdlib compares plain text. The clients are ' +
    'one process that waits no longer than 12 s (2); it shares two cores with the server; the ceiling says what it can do.',
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
