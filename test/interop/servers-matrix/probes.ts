/** What the servers' matrix tries with each server: one probe for each column, checked on the disk of the server. */

import assert from 'node:assert/strict';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { type Client, createPool, mirrorDown, mirrorUp, partPathOf } from '../../../src/client/index.ts';
import { hashOf, hashOfFile, seededBytes } from '../../../src/testing/index.ts';
import { FaultRelay, type LineFault } from '../../fixtures/fault-relay.ts';
import { oddNames } from '../matrix/interop-client.ts';
import type { ServerVisit } from './server-visit.ts';

/** Does what its column says, or throws: what the server refuses as unknown to it makes a `no`. */
export type Probe = (visit: ServerVisit, client: Client) => Promise<void>;

const file = seededBytes(1_000_003, 71);
const begun = 400_001;

async function assertFile(path: string, bytes: Uint8Array): Promise<void> {
  assert.equal(await hashOfFile(path), hashOf(bytes), path);
}

async function namesOf(client: Client, path?: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of client.list(path)) names.push(name);
  return names.sort();
}

const list: Probe = async (visit, client) => {
  await visit.lay('listed', file);
  await mkdir(visit.path('empty'));
  await visit.give(visit.path('empty'));
  const there = (await readdir(visit.path(''))).filter((name) => !name.startsWith('.')).sort();
  assert.deepEqual(await namesOf(client), there);
  assert.deepEqual(await namesOf(client, 'empty'), []);
};

const statProbe: Probe = async (_visit, client) => {
  const entry = await client.stat('listed');
  assert.deepEqual([entry.type, entry.size], ['file', file.length]);
};

const get: Probe = async ({ folder }, client) => {
  const { outcome } = await client.downloadFile('listed', folder.join('got'));
  assert.equal(outcome, 'complete');
  await assertFile(folder.join('got'), file);
};

const put: Probe = async (visit, client) => {
  for (const bytes of [file, new Uint8Array(0)]) {
    await writeFile(visit.folder.join('sent'), bytes);
    assert.equal((await client.uploadFile(visit.folder.join('sent'), `put-${bytes.length}`)).outcome, 'complete');
    await assertFile(visit.path(`put-${bytes.length}`), bytes);
  }
};

const resumeDown: Probe = async ({ folder }, client) => {
  await writeFile(partPathOf(folder.join('resumed')), file.subarray(0, begun));
  const { offset, outcome } = await client.downloadFile('listed', folder.join('resumed'), { resume: true });
  assert.deepEqual([offset, outcome], [begun, 'complete']);
  await assertFile(folder.join('resumed'), file);
};

const resumeUp: Probe = async (visit, client) => {
  await visit.lay('begun', file.subarray(0, begun));
  await writeFile(visit.folder.join('whole'), file);
  const { offset, outcome } = await client.uploadFile(visit.folder.join('whole'), 'begun', { resume: true });
  assert.deepEqual([offset, outcome], [begun, 'complete']);
  await assertFile(visit.path('begun'), file);
};

const rename: Probe = async (visit, client) => {
  await visit.lay('before', file);
  await client.rename('before', 'after');
  assert.deepEqual([await client.exists('before'), await client.exists('after')], [false, true]);
  await assertFile(visit.path('after'), file);
};

const folders: Probe = async (visit, client) => {
  await client.makeDirectories('one/two/three');
  await client.upload('one/two/f', file.subarray(0, 10));
  await client.makeDirectory('single');
  await client.removeDirectory('single');
  await client.removeTree('one');
  const left = await readdir(visit.path(''));
  assert.ok(!left.includes('one') && !left.includes('single'), left.join());
};

const remove: Probe = async (visit, client) => {
  await visit.lay('gone', file);
  await client.remove('gone');
  assert.ok(!(await readdir(visit.path(''))).includes('gone'));
};

const timeThere = Date.UTC(2012, 10, 12, 22, 33, 35);

const readTime: Probe = async (visit, client) => {
  await visit.lay('timed', file);
  await utimes(visit.path('timed'), timeThere / 1000, timeThere / 1000);
  assert.equal(await client.modified('timed'), timeThere);
};

const setTime: Probe = async (visit, client) => {
  await visit.lay('to-time', file);
  await client.setModified('to-time', timeThere);
  assert.equal((await stat(visit.path('to-time'))).mtimeMs, timeThere);
};

const chmod: Probe = async (visit, client) => {
  await visit.lay('mode', file);
  await client.changeMode('mode', 0o600);
  assert.equal((await stat(visit.path('mode'))).mode & 0o777, 0o600);
};

const hash: Probe = async (_visit, client) => {
  const { algorithm, digest } = await client.hash('listed', { algorithm: 'SHA-256' });
  assert.deepEqual([algorithm, digest], ['SHA-256', hashOf(file)]);
};

const names: Probe = async (visit, client) => {
  const bytes = file.subarray(0, 3000);
  await client.makeDirectory('odd');
  await client.changeDirectory('odd');
  try {
    const all = Object.entries(oddNames).flatMap(([what, name]) =>
      visit.server.alters?.[what] === undefined ? [name] : [],
    );
    for (const name of all) await client.upload(name, bytes);
    assert.deepEqual((await readdir(visit.path('odd'))).sort(), [...all].sort());
    assert.deepEqual(await namesOf(client), [...all].sort());
    for (const name of all) {
      await client.downloadFile(name, visit.folder.join('odd'));
      await assertFile(visit.folder.join('odd'), bytes);
      await client.rename(name, `${name}+`);
      await client.remove(`${name}+`);
    }
    assert.deepEqual(await readdir(visit.path('odd')), []);
  } finally {
    await client.changeDirectory('..');
  }
};

const abort: Probe = async (visit, client) => {
  await writeFile(visit.folder.join('up'), file);
  for (const direction of ['down', 'up'] as const) {
    const controller = new AbortController();
    const options = {
      signal: controller.signal,
      rateLimit: 400_000,
      onProgress: ({ bytes }: { readonly bytes: number }) => bytes > 50_000 && controller.abort(),
    };
    const transfer =
      direction === 'down'
        ? client.downloadFile('listed', visit.folder.join('aborted'), options)
        : client.uploadFile(visit.folder.join('up'), 'aborted', options);
    await assert.rejects(transfer, { code: 'ERR_TWINLINE_ABORTED' });
    assert.ok(client.isConnected);
    assert.equal(await client.size('listed'), file.length);
  }
};

const active: Probe = async (visit) => {
  await using client = await visit.connect({ active: {} });
  await client.changeDirectory(visit.base);
  await client.upload('active', file);
  await assertFile(visit.path('active'), file);
  await client.downloadFile('active', visit.folder.join('active'));
  await assertFile(visit.folder.join('active'), file);
  assert.ok((await namesOf(client)).includes('active'));
};

const fifty: Probe = async (visit, client) => {
  for (let round = 0; round < 25; round += 1) {
    const bytes = seededBytes(20_000 + round, round);
    await client.upload('fifty', bytes);
    await assertFile(visit.path('fifty'), bytes);
    await client.downloadFile('fifty', visit.folder.join('fifty'), { sync: false });
    await assertFile(visit.folder.join('fifty'), bytes);
  }
};

const mirror: Probe = async (visit) => {
  const tree = ['a', 'b/c', 'b/d/e f'];
  for (const [index, name] of tree.entries()) {
    const path = visit.folder.join('tree', name);
    await mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    await writeFile(path, seededBytes(5_000 * index, index));
  }
  await using pool = createPool(visit.options(), { size: 2 });
  const there = `${visit.base}/mirrored`;
  assert.equal((await mirrorUp(pool, visit.folder.join('tree'), there, {})).failures, 0);
  assert.equal((await mirrorDown(pool, there, visit.folder.join('back'), {})).failures, 0);
  for (const [index, name] of tree.entries()) {
    await assertFile(visit.path(`mirrored/${name}`), seededBytes(5_000 * index, index));
    await assertFile(visit.folder.join('back', name), seededBytes(5_000 * index, index));
  }
};

/** The control line is reset when a part of the data has passed. */
const midway: LineFault = {
  kind: 'reset',
  direction: 'down',
  offset: 200_000,
  counts: 'data',
  side: 'both',
  releaseMs: undefined,
  lastBytes: undefined,
};

/** A download whose control line is cut fails and says so, or is proved whole; with a retry it is whole. */
const cut: Probe = async (visit) => {
  const { port, implicitPort, passivePorts: dataPorts } = visit.server;
  const controlPorts = [visit.mode === 'implicit' ? implicitPort : port];
  await using relay = await FaultRelay.start(visit.relayHost, { host: '127.0.0.1', controlPorts, dataPorts });
  let left = 1;
  relay.follow({ faultFor: (channel) => (channel === 'control' && left-- > 0 ? midway : undefined) });
  const tls = { ...visit.options().tls, serverName: '127.0.0.1' };
  await using client = await visit.connect({ host: relay.host, tls, retry: { tries: 3, delayMs: 1, maxDelayMs: 5 } });
  const losses: Error[] = [];
  const options = { onRetry: ({ error }: { readonly error: Error }) => void losses.push(error), rateLimit: 2_000_000 };
  const { outcome } = await client.downloadFile(`${visit.base}/listed`, visit.folder.join('cut'), options);
  assert.equal(relay.fired.length, 1);
  assert.equal(losses.length, outcome === 'unconfirmed' ? losses.length : 1);
  for (const loss of losses) assert.match(loss.message, /control connection was reset/);
  await assertFile(visit.folder.join('cut'), file);
};

/** In the order in which they run: later ones use what earlier ones have laid. */
export const probes = {
  list,
  stat: statProbe,
  get,
  put,
  'resume down': resumeDown,
  'resume up': resumeUp,
  rename,
  folders,
  rm: remove,
  'time read': readTime,
  'time set': setTime,
  chmod,
  hash,
  'odd names': names,
  ABOR: abort,
  active,
  '50 files': fifty,
  mirror,
  'control cut': cut,
} as const satisfies Readonly<Record<string, Probe>>;

export type ServerColumn = keyof typeof probes;
export const serverColumns = Object.keys(probes) as ServerColumn[];
