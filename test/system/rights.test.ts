/** What a user may do by rules for paths, and what stands where in the tree of a user with mounts, over real sockets. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalStorage, createMemoryStorage } from '../../src/storage/index.ts';
import { createTempFolder } from '../../src/testing/index.ts';
import { type MemoryUser, parseMounts, parsePathRules, Secret } from '../../src/users/index.ts';
import { download, refusal, upload } from '../fixtures/clear-transfers.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const password = new Secret('pass');

function anna(rules: readonly string[], more: Partial<MemoryUser> = {}): MemoryUser {
  return { name: 'anna', password, rights: parsePathRules(rules), ...more };
}

async function filled(user: MemoryUser): Promise<TestServer> {
  const server = await startServer({ tls: 'optional', users: [user] });
  for (const folder of ['/in', '/pub', '/secret']) await server.storage.makeDirectory(folder);
  await server.write('/in/old', Buffer.from('old'));
  await server.write('/pub/f', Buffer.from('public'));
  await server.write('/secret/s', Buffer.from('secret'));
  return server;
}

describe('rules for paths', () => {
  test('refuse every command that touches a path without its right, and say the same of what is not there', async () => {
    await using server = await filled(anna(['/=all', '/secret=none']));
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    const commands = [
      ...[
        'SIZE @',
        'MDTM @',
        'MLST @',
        'CWD @',
        'DELE @',
        'RMD @',
        'MKD @',
        'RNFR @',
        'STAT @',
        'MFMT 20200101000000 @',
      ],
      ...[
        'HASH @',
        'XCRC @',
        'XSHA256 @',
        'SITE UTIME 202001010000 @',
        'SITE CHMOD 600 @',
        'SITE MKDIR @',
        'SITE RMDIR @',
      ],
      ...[
        'SITE COPY @ /pub/copy',
        'SITE COPY /pub/f @',
        'COMB "/pub/copy" "@"',
        'COMB "@" "/pub/f"',
        'MFF Modify=20200101000000; @',
      ],
    ];
    for (const command of commands) {
      const there = await client.command(command.replace('@', '/secret/s'));
      const missing = await client.command(command.replace('@', '/secret/t'));
      assert.match(there, /^550[ -].*Permission denied/s, `${command}: ${there}`);
      assert.equal(missing.replaceAll('/secret/t', '/secret/s'), there, command);
    }
    for (const command of ['RETR @', 'STOR @', 'APPE @', 'LIST @', 'NLST @', 'MLSD @']) {
      assert.match(await refusal(client, command.replace('@', '/secret/s')), /^550 .*Permission denied/, command);
    }
    assert.match(await client.command('CWD /secret'), /^550 .*Permission denied/);
    assert.equal((await server.read('/secret/s'))?.toString(), 'secret');
    assert.equal(await server.read('/pub/copy'), undefined);
  });

  test('hide from listings what may not be listed', async () => {
    await using server = await filled(anna(['/=read-only', '/secret=none', '/**/*.key=none']));
    await server.write('/pub/x.key', Buffer.from('key'));
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    const list = async (command: string): Promise<string> => (await download(client, command)).toString();
    assert.deepEqual((await list('NLST /')).trim().split('\r\n').sort(), ['/in', '/pub']);
    assert.equal(await list('NLST /pub/*'), '/pub/f\r\n');
    const facts = await list('MLSD /');
    assert.match(facts, /perm=el;[^\r]* pub\r\n/);
    assert.doesNotMatch(facts, /secret/);
    assert.doesNotMatch(await client.command('STAT /'), /secret/);
  });

  test('make a folder that takes files in and gives none out', async () => {
    await using server = await filled(anna(['/=read-only', '/in=write']));
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    await client.expect(250, 'CWD /in');
    assert.match(await upload(client, 'STOR new', 'content'), /^226/);
    assert.match(await upload(client, 'STOR new', 'again'), /^550 .*replace/);
    assert.match(await upload(client, 'STOR old', 'again'), /^550 .*replace/);
    assert.match(await upload(client, 'APPE old', 'more'), /^550 .*append/);
    assert.match(await upload(client, 'LIST', ''), /^550 .*Permission denied/);
    assert.match(await client.command('SIZE new'), /^550 .*Permission denied/);
    assert.match(await client.command('RNFR new'), /^550/);
    assert.equal((await server.read('/in/new'))?.toString(), 'content');
    assert.equal((await server.read('/in/old'))?.toString(), 'old');
  });

  test('are held at both ends of a rename', async () => {
    await using server = await filled(anna(['/=all', '/in=list,write,rename', '/pub=all,-rename']));
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    await client.expect(350, 'RNFR /in/old');
    assert.match(await client.command('RNTO /old'), /^550 .*gives rights that you do not have/);
    await client.expect(350, 'RNFR /secret/s');
    assert.match(await client.command('RNTO /pub/s'), /^550 .*rename/);
    await client.expect(350, 'RNFR /in');
    assert.match(await client.command('RNTO /out'), /^550 /);
    assert.match(await client.command('RNFR /pub/f'), /^550 .*rename/);
    await client.expect(350, 'RNFR /secret/s');
    await client.expect(250, 'RNTO /in/s');
  });

  test('are not passed by links', async () => {
    await using folder = await createTempFolder();
    for (const name of ['pub', 'secret', 'pub/real']) mkdirSync(folder.join(name));
    writeFileSync(folder.join('secret/s'), 'secret');
    symlinkSync('../secret/s', folder.join('pub/file'));
    symlinkSync('../secret', folder.join('pub/folder'));
    symlinkSync('real', folder.join('pub/fine'));
    await using server = await startServer({
      tls: 'optional',
      users: [anna(['/=all', '/secret=none'])],
      files: await createLocalStorage({ root: folder.path, durability: 'rename' }),
    });
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    assert.deepEqual((await download(client, 'NLST /pub')).toString().trim().split('\r\n').sort(), [
      '/pub/fine',
      '/pub/real',
    ]);
    for (const path of ['/pub/file', '/pub/folder', '/pub/folder/s']) {
      for (const verb of ['SIZE', 'MLST', 'DELE', 'CWD', 'RNFR', 'XCRC']) {
        assert.match(await client.command(`${verb} ${path}`), /^550/, `${verb} ${path}`);
      }
      assert.match(await refusal(client, `RETR ${path}`), /^550/);
      assert.match(await refusal(client, `STOR ${path}`), /^550/);
    }
    assert.match(await client.command('SITE SYMLINK /secret/s /pub/mine'), /^550/);
    assert.match(await client.command('CWD /pub/fine'), /^250/);
    assert.match(await upload(client, 'STOR x', 'x'), /^226/);
  });

  test('stay between two homes of one storage, whatever links lead across', async () => {
    await using folder = await createTempFolder();
    for (const name of ['anna', 'bob']) mkdirSync(folder.join(name));
    writeFileSync(folder.join('bob/s'), 'secret');
    symlinkSync('../bob', folder.join('anna/bob'));
    symlinkSync(join(folder.path, 'bob/s'), folder.join('anna/s'));
    await using server = await startServer({
      tls: 'optional',
      users: [{ name: 'anna', password, home: '/anna' }],
      files: await createLocalStorage({ root: folder.path, durability: 'rename' }),
    });
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    assert.equal((await download(client, 'NLST')).toString(), '');
    for (const path of ['s', 'bob', 'bob/s', '../bob/s']) assert.match(await client.command(`SIZE ${path}`), /^550/);
  });
});

describe('mounts', () => {
  test('stand in the tree of the user, and keep their place', async () => {
    const tapes = createMemoryStorage();
    await tapes.makeDirectory('/2026');
    const user: MemoryUser = {
      name: 'anna',
      password,
      home: '/anna',
      mounts: parseMounts(['/shared=/public', '/archive/tapes=tapes:/2026,read-only']),
    };
    await using server = await startServer({ tls: 'optional', users: [user], storages: { tapes } });
    await server.storage.makeDirectory('/anna');
    await server.storage.makeDirectory('/public');
    await server.write('/public/f', Buffer.from('shared'));
    const tape = await tapes.openWrite('/2026/t', { name: 'x' }, { kind: 'replace' });
    await tape.commit();
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    const names = async (path: string): Promise<string[]> =>
      (await download(client, `NLST ${path}`)).toString().split('\r\n').filter(Boolean).sort();
    assert.deepEqual(await names('/'), ['/archive', '/shared']);
    assert.deepEqual(await names('/archive/tapes'), ['/archive/tapes/t']);
    assert.equal((await download(client, 'RETR /shared/f')).toString(), 'shared');
    assert.match(await upload(client, 'STOR /shared/g', 'g'), /^226/);
    assert.equal((await server.read('/public/g'))?.toString(), 'g');
    assert.match(await upload(client, 'STOR /archive/tapes/g', 'g'), /^550 .*Permission denied/);
    assert.match(await client.command('RMD /shared'), /^550 .*mount point/);
    assert.match(await client.command('RMD /archive'), /^550 .*mount point/);
    assert.match(await client.command('RNFR /shared'), /^550 .*may not rename/);
    await client.expect(350, 'RNFR /shared/g');
    assert.match(await client.command('RNTO /g'), /^504 .*another storage/);
    assert.match(await client.command('MLST /shared'), /perm=celmp;/i);
    assert.match(await client.command('MLST /archive/tapes'), /perm=el;/i);
    await client.expect(250, 'DELE /shared/g');
  });

  test('that name a storage which is not there refuse the login, and tell the operator why', async () => {
    const user: MemoryUser = { name: 'anna', password, mounts: parseMounts(['/x=nowhere:/']) };
    const server = await startServer({ tls: 'optional', users: [user] });
    const client = await server.connect();
    await client.expect(331, 'USER anna');
    assert.match(await client.command('PASS pass'), /^451 /);
    client.close();
    await server.quiet();
    const [event] = server.eventsOf('internal-error');
    assert.match(String(event?.error), /names the storage "nowhere".*--storage nowhere=FOLDER/);
    await server.server.close();
    await server.storage.close();
  });
});
