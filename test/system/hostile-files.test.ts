/** What a user may try against paths: escapes with races, patterns made to be slow, trees that are huge or deep. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { createLocalStorage } from '../../src/storage/index.ts';
import { createTempFolder, type ScriptedClient, type TempFolder } from '../../src/testing/index.ts';
import { type MemoryUser, parsePathRules, Secret } from '../../src/users/index.ts';
import { download, refusal, upload } from '../fixtures/clear-transfers.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const password = new Secret('pass');

async function serve(folder: TempFolder, user: Partial<MemoryUser> = {}): Promise<TestServer> {
  return startServer({
    tls: 'optional',
    users: [{ name: 'anna', password, ...user }],
    files: await createLocalStorage({ root: folder.path, durability: 'rename' }),
  });
}

const logIn = (server: TestServer): Promise<ScriptedClient> => server.session({ user: 'anna', protection: 'plain' });

describe('escapes', () => {
  test('upwards lead nowhere but to the home, in every command', async () => {
    await using folder = await createTempFolder();
    mkdirSync(folder.join('anna'));
    writeFileSync(folder.join('secret'), 'secret');
    await using server = await serve(folder, { home: '/anna' });
    await using client = await logIn(server);
    for (const path of ['../secret', '/../secret', '/../../../../secret', './/..//secret', '/a/../../secret', '..']) {
      for (const command of ['SIZE', 'MDTM', 'DELE', 'XCRC', 'RMD', 'RNFR']) {
        assert.match(await client.command(`${command} ${path}`), /^55[03]/, `${command} ${path}`);
      }
      assert.match(await refusal(client, `RETR ${path}`), /^55/);
    }
    assert.match(await upload(client, 'STOR ../../x', 'x'), /^226/);
    assert.equal(readFileSync(folder.join('anna/x'), 'utf8'), 'x');
    assert.equal(readFileSync(folder.join('secret'), 'utf8'), 'secret');
  });

  test('do not succeed while a folder is swapped for a link to a place without rights', async () => {
    await using folder = await createTempFolder();
    for (const name of ['pub', 'pub/real', 'secret']) mkdirSync(folder.join(name));
    writeFileSync(folder.join('pub/real/f'), 'public');
    writeFileSync(folder.join('secret/f'), 'secret');
    await using server = await serve(folder, { rights: parsePathRules(['/=all', '/secret=none']) });
    await using client = await logIn(server);
    const swapper = new Worker(
      `const fs = require('node:fs');
       const { workerData: base } = require('node:worker_threads');
       for (;;) {
         fs.renameSync(base + '/pub/real', base + '/pub/aside');
         fs.symlinkSync(base + '/secret', base + '/pub/real');
         fs.unlinkSync(base + '/pub/real');
         fs.renameSync(base + '/pub/aside', base + '/pub/real');
       }`,
      { eval: true, workerData: folder.path },
    );
    try {
      for (let round = 0; round < 60; round += 1) {
        const line = await client.openPassive();
        const answer = await client.command('RETR /pub/real/f');
        if (answer.startsWith('150')) {
          assert.equal((await line.readToEnd()).toString(), 'public');
          line.fin();
          await client.readReply();
        }
        await upload(client, 'STOR /pub/real/new', 'x');
        await client.command('DELE /pub/real/f2');
        if ((await client.command('RNFR /pub/real/new')).startsWith('350')) await client.command('RNTO /pub/real/f2');
        await client.command('MKD /pub/real/d');
        await client.command('SITE CHMOD 600 /pub/real/f');
      }
    } finally {
      await swapper.terminate();
    }
    assert.equal(readFileSync(folder.join('secret/f'), 'utf8'), 'secret');
    assert.deepEqual((await import('node:fs')).readdirSync(folder.join('secret')), ['f']);
  });
});

describe('patterns made to be slow', () => {
  test('are answered at once, in listings and in rules', async () => {
    const rules = ['/=all', `/${'**/a*a*a*b/'.repeat(40)}`.slice(0, 500).replace(/\/$/, '') + 'c=none'];
    await using server = await startServer({
      tls: 'optional',
      users: [{ name: 'anna', password, rights: parsePathRules(rules) }],
    });
    for (let i = 0; i < 50; i += 1) await server.write(`/${'a'.repeat(200)}${i}`, Buffer.alloc(1));
    await using client = await logIn(server);
    const start = performance.now();
    for (const pattern of [
      `${'*a'.repeat(200)}b`,
      `${'?*'.repeat(250)}b`,
      `${'[a-z]*'.repeat(80)}!`,
      '*'.repeat(510),
    ]) {
      await download(client, `NLST ${pattern}`);
    }
    assert.match(await refusal(client, `NLST ${'*'.repeat(600)}`), /^55/);
    const deep = `/${'aaaa/'.repeat(300)}x`;
    assert.match(await client.command(`SIZE ${deep}`), /^55/);
    assert.ok(performance.now() - start < 10_000, `${performance.now() - start} ms`);
  });
});

describe('large trees', () => {
  test(
    'of 100,000 entries are listed and counted in flat memory, rules and quota included',
    { timeout: 120_000 },
    async () => {
      await using folder = await createTempFolder();
      mkdirSync(folder.join('big'));
      for (let i = 0; i < 100_000; i += 1) writeFileSync(folder.join(`big/entry-with-a-usual-name-${i}.data`), '');
      await using server = await serve(folder, {
        rights: parsePathRules(['/=read-only', '/in=all', '/**/*.key=none']),
        quotaFiles: 1_000_000,
      });
      await using client = await logIn(server);
      assert.match(await client.command('SITE QUOTA'), /Files and directories: 100001 of 1000000/);
      const line = await client.openPassive();
      await client.expect(150, 'MLSD /big');
      let lines = 0;
      let peak = 0;
      global.gc?.();
      const before = process.memoryUsage().rss;
      line.raw.on('data', (chunk: Buffer) => {
        for (const byte of chunk) if (byte === 10) lines += 1;
        peak = Math.max(peak, process.memoryUsage().rss - before);
      });
      await line.ended;
      line.fin();
      assert.match(await client.readReply(), /^226/);
      assert.equal(lines, 100_000);
      // The client of this test keeps the listing, some ten megabytes, in this same process.
      assert.ok(peak < 200 * 2 ** 20, `${Math.round(peak / 2 ** 20)} MiB more`);
    },
  );

  test('of 300 levels are walked into, counted, listed and removed', async () => {
    await using folder = await createTempFolder();
    await using server = await serve(folder, { quotaFiles: 1_000 });
    await using client = await logIn(server);
    for (let level = 0; level < 300; level += 1) {
      await client.expect(257, 'MKD d');
      await client.expect(250, 'CWD d');
    }
    assert.match(await upload(client, 'STOR f', 'deep'), /^226/);
    assert.equal((await download(client, 'NLST')).toString(), 'f\r\n');
    await using second = await logIn(server);
    assert.match(await second.command('SITE QUOTA'), /Files and directories: 301 of/);
    await client.expect(250, 'DELE f');
    for (let level = 0; level < 300; level += 1) {
      await client.expect(250, 'CDUP');
      await client.expect(250, 'RMD d');
    }
    assert.match(await client.command('SITE QUOTA'), /Files and directories: 0 of/);
  });
});
