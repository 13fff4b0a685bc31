import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ChallengePort } from './challenge-places.ts';

const someUser = 65_534;

function firstFreePort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  } catch {
    return NaN;
  }
}

/** Runs `work` without the rights of root. */
async function withoutRights(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(someUser);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

const skip = !(firstFreePort() > 1) && 'this system does not keep low ports for root';

test('a challenge port that there is no right to open says what to do', { skip }, () =>
  withoutRights(() =>
    assert.rejects(new ChallengePort({ host: '127.0.0.1', port: 1 }).show('token', 'answer'), {
      name: 'AcmeError',
      message: /\(EACCES\): .*no right.*acme\.webroot.*acme\.challenge-listen.*run-as.*CAP_NET_BIND_SERVICE/,
    }),
  ),
);
