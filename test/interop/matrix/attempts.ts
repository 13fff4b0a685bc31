/** What the matrix tries with a client: each attempt runs it, and checks on the side of the server what has come of it. */

import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf, hashOfFile, seededBytes, type TempFolder } from '../../../src/testing/index.ts';
import type { TestServer } from '../../fixtures/start-server.ts';
import {
  type Column,
  type InteropClient,
  type Mode,
  type OddName,
  oddNames,
  type Step,
  type Visit,
} from './interop-client.ts';

/** One client in one mode against a server of its own. */
export interface Attempt {
  readonly client: InteropClient;
  readonly mode: Mode;
  readonly server: TestServer;
  readonly folder: TempFolder;
  readonly visit: Visit;
}

export const sizes = [0, 1, 65_535, 1_000_003];
export const largeSize = 77_200_652;

const can = ({ client, mode }: Attempt, column: Column): boolean => client.cannot(column, mode) === undefined;

async function assertFile(path: string, bytes: Uint8Array): Promise<void> {
  assert.equal(await hashOfFile(path), hashOf(bytes), path);
}

/** list, up, down, rename. */
export async function files(attempt: Attempt): Promise<void> {
  const { client, server, folder, visit } = attempt;
  const steps: Step[] = [];
  for (const size of sizes) {
    const bytes = seededBytes(size, size);
    await writeFile(folder.join(`up-${size}`), bytes);
    await writeFile(join(server.root, `down-${size}`), bytes);
    if (can(attempt, 'up')) steps.push({ do: 'put', local: folder.join(`up-${size}`), remote: `up-${size}` });
    steps.push({ do: 'get', remote: `down-${size}`, local: folder.join(`down-${size}`) });
  }
  if (can(attempt, 'rename')) steps.push({ do: 'rename', remote: 'down-1', to: 'renamed' });
  const names = await client.run(visit, [...steps, { do: 'list' }]);
  for (const size of sizes) {
    const bytes = seededBytes(size, size);
    await assertFile(folder.join(`down-${size}`), bytes);
    if (can(attempt, 'up')) await assertFile(join(server.root, `up-${size}`), bytes);
  }
  const left = await readdir(server.root);
  assert.equal(left.includes('renamed'), can(attempt, 'rename'));
  assert.deepEqual(names.sort(), left.filter((name) => !name.startsWith('.')).sort());
}

/** Begins an upload as `user`, loses both lines in the middle and gives the number of bytes that the server has kept. */
async function breakUpload(
  server: TestServer,
  name: string,
  bytes: Uint8Array,
  protection: 'plain' | 'TLSv1.3',
): Promise<number> {
  await using client = await server.session({ protection });
  const line = await client.openPassive({ tls: protection !== 'plain' });
  await client.send(`STOR ${name}\r\n`);
  assert.match(await client.readReply(), /^150 /);
  await line.secured;
  await line.write(bytes);
  if (protection === 'plain') client.control.fin();
  else client.control.closeNotifyThenFin();
  await server.event('session-closed');
  await using again = await server.session({ protection });
  const size = Number((await again.expect(213, `SIZE ${name}`)).slice(4));
  await again.expect(221, 'QUIT');
  return size;
}

/** resume up, resume down. */
export async function resume(attempt: Attempt): Promise<void> {
  const { client, mode, server, folder, visit } = attempt;
  const bytes = seededBytes(1_000_003, 7);
  await writeFile(folder.join('whole'), bytes);
  const steps: Step[] = [];
  if (can(attempt, 'resume down')) {
    await writeFile(join(server.root, 'down'), bytes);
    await writeFile(folder.join('part'), bytes.subarray(0, 400_001));
    steps.push({ do: 'get', remote: 'down', local: folder.join('part'), from: 400_001 });
  }
  if (can(attempt, 'resume up')) {
    const from = await breakUpload(server, 'up', bytes.subarray(0, 400_001), mode === 'plain' ? 'plain' : 'TLSv1.3');
    steps.push({ do: 'put', local: folder.join('whole'), remote: 'up', from });
  }
  const before = server.eventsOf('transfer').length;
  await client.run(visit, steps);
  const moved = server
    .eventsOf('transfer')
    .slice(before)
    .filter(({ transfer }) => transfer.direction !== 'listing');
  for (const step of steps) if (step.do === 'get') await assertFile(step.local, bytes);
  if (can(attempt, 'resume up')) await assertFile(join(server.root, 'up'), bytes);
  const deflates = server.eventsOf('command').some(({ text }) => text === 'MODE Z');
  assert.equal(moved.length, steps.length);
  for (const [i, step] of steps.entries()) {
    const missing = bytes.length - ('from' in step ? (step.from ?? 0) : 0);
    // Deflate makes what it cannot compress a little longer.
    const more = (moved[i]?.transfer.bytes ?? 0) - missing;
    assert.ok(more === 0 || (deflates && more > 0 && more < 1000), `${more} bytes more than were missing have moved`);
  }
}

/** odd names: up (or laid there), listed, down, renamed. */
export async function names(attempt: Attempt): Promise<void> {
  const { client, server, folder, visit } = attempt;
  const said = (Object.keys(oddNames) as OddName[]).filter((what) => client.cannotSay[what] === undefined);
  const bytes = seededBytes(3000, 9);
  await writeFile(folder.join('source'), bytes);
  const steps: Step[] = [];
  for (const [i, what] of said.entries()) {
    const remote = oddNames[what];
    if (can(attempt, 'up')) steps.push({ do: 'put', local: folder.join('source'), remote });
    else await writeFile(join(server.root, remote), bytes);
    steps.push({ do: 'get', remote, local: folder.join(`got-${i}`) });
  }
  const listed = await client.run(visit, [...steps, { do: 'list' }]);
  const there = said.map((what): string => oddNames[what]).sort();
  assert.deepEqual(listed.sort(), there);
  assert.deepEqual((await readdir(server.root)).sort(), there);
  for (const i of said.keys()) await assertFile(folder.join(`got-${i}`), bytes);
  if (!can(attempt, 'rename')) return;
  await client.run(
    visit,
    there.map((remote) => ({ do: 'rename', remote, to: `${remote}+` })),
  );
  assert.deepEqual((await readdir(server.root)).sort(), there.map((name) => `${name}+`).sort());
}

/** active: up, down and list over data connections that the server opens. */
export async function active(attempt: Attempt): Promise<void> {
  const { client, server, folder, visit } = attempt;
  const bytes = seededBytes(300_000, 3);
  await writeFile(folder.join('source'), bytes);
  await writeFile(join(server.root, 'a'), bytes);
  const steps: Step[] = [
    ...(can(attempt, 'up') ? [{ do: 'put', local: folder.join('source'), remote: 'b' } as const] : []),
    { do: 'get', remote: 'a', local: folder.join('a') },
    { do: 'list' },
  ];
  const listed = await client.run({ ...visit, data: 'active' }, steps);
  await assertFile(folder.join('a'), bytes);
  if (can(attempt, 'up')) await assertFile(join(server.root, 'b'), bytes);
  assert.deepEqual(listed.sort(), (await readdir(server.root)).sort());
}

/** 77 MB: one large file up and down. */
export async function large(attempt: Attempt): Promise<void> {
  const { client, server, folder, visit } = attempt;
  const bytes = seededBytes(largeSize, 77);
  const hash = hashOf(bytes);
  await writeFile(join(server.root, 'large'), bytes);
  const steps: Step[] = [{ do: 'get', remote: 'large', local: folder.join('large') }];
  if (can(attempt, 'up')) steps.push({ do: 'put', local: folder.join('large'), remote: 'back' });
  await client.run(visit, steps);
  assert.equal(await hashOfFile(folder.join('large')), hash);
  if (can(attempt, 'up')) assert.equal(await hashOfFile(join(server.root, 'back')), hash);
}
