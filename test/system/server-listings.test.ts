/** LIST, NLST, MLSD, MLST and STAT: their forms, patterns, and names that are hard to tell. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScriptedClient } from '../../src/testing/index.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

/** The lines that a listing command sends, as bytes in latin1, without their CRLF. */
async function linesOf(client: ScriptedClient, command: string | Buffer): Promise<string[]> {
  const line = await client.openPassive({ tls: true });
  await client.send(typeof command === 'string' ? `${command}\r\n` : Buffer.concat([command, Buffer.from('\r\n')]));
  assert.match(await client.readReply(), /^150 /);
  const bytes = await line.readToEnd();
  line.closeNotifyThenFin();
  assert.equal(await client.readReply(), '226 Transfer OK');
  const text = bytes.toString('latin1');
  assert.ok(text === '' || text.endsWith('\r\n'));
  return text.split('\r\n').slice(0, -1).sort();
}

async function refusalOf(client: ScriptedClient, command: string): Promise<string> {
  await client.expect(229, 'EPSV');
  return client.command(command);
}

const modified = new Date('2024-02-29T12:34:56Z');

/** A small tree with known sizes and times. */
async function treeServer(): Promise<TestServer> {
  const server = await startServer({ files: 'disk' });
  await mkdir(join(server.root, 'docs', 'sub'), { recursive: true });
  await mkdir(join(server.root, 'empty'));
  for (const name of ['a.txt', 'b.txt', 'c.bin', '.hidden', 'docs/one.txt', 'docs/two.md']) {
    await writeFile(join(server.root, name), 'x'.repeat(name.length), { mode: 0o640 });
    await utimes(join(server.root, name), modified, modified);
  }
  return server;
}

describe('listings', () => {
  test('LIST gives Unix lines of the working directory, of a directory and of a file', async () => {
    await using server = await treeServer();
    await using client = await server.session();
    const root = await linesOf(client, 'LIST');
    assert.equal(root.length, 6);
    const file = root.find((line) => line.endsWith(' a.txt'));
    assert.match(file ?? '', /^-rw-r----- +1 \S+ +\S+ +5 Feb 29 +2024 a\.txt$/);
    assert.match(root.find((line) => line.endsWith(' docs')) ?? '', /^d[rwx-]{9} /);
    const names = (await linesOf(client, 'LIST docs')).map((line) => line.split(' ').at(-1));
    assert.deepEqual(
      names.toSorted((a, b) => (a ?? '').localeCompare(b ?? '')),
      ['one.txt', 'sub', 'two.md'],
    );
    assert.deepEqual(await linesOf(client, 'LIST /docs/'), await linesOf(client, 'LIST docs'));
    assert.match((await linesOf(client, 'LIST docs/one.txt')).join(), /^-.* one\.txt$/);
    assert.deepEqual(await linesOf(client, 'LIST empty'), []);
  });

  test('LIST drops options as of ls, and only them', async () => {
    await using server = await treeServer();
    await writeFile(join(server.root, '-la.txt'), '');
    await using client = await server.session();
    const root = await linesOf(client, 'LIST');
    for (const option of ['-a', '-la', '-l -a', '-aL '])
      assert.deepEqual(await linesOf(client, `LIST ${option}`), root);
    assert.deepEqual(await linesOf(client, 'LIST -la docs'), await linesOf(client, 'LIST docs'));
    assert.deepEqual(await linesOf(client, 'NLST -la.txt'), ['-la.txt']);
    assert.deepEqual(await linesOf(client, 'NLST -la*'), ['-la.txt']);
  });

  test('NLST gives names that RETR takes as they are', async () => {
    await using server = await treeServer();
    await using client = await server.session();
    assert.deepEqual(await linesOf(client, 'NLST'), ['.hidden', 'a.txt', 'b.txt', 'c.bin', 'docs', 'empty']);
    assert.deepEqual(await linesOf(client, 'NLST docs'), ['docs/one.txt', 'docs/sub', 'docs/two.md']);
    assert.deepEqual(await linesOf(client, 'NLST docs/'), ['docs/one.txt', 'docs/sub', 'docs/two.md']);
    assert.deepEqual(await linesOf(client, 'NLST /docs'), ['/docs/one.txt', '/docs/sub', '/docs/two.md']);
    assert.deepEqual(await linesOf(client, 'NLST docs/one.txt'), ['docs/one.txt']);
    assert.deepEqual(await linesOf(client, 'NLST a.txt'), ['a.txt']);
    await client.expect(250, 'CWD docs/sub');
    assert.deepEqual(await linesOf(client, 'NLST ../one.txt'), ['../one.txt']);
    assert.deepEqual(await linesOf(client, 'NLST ..'), ['../one.txt', '../sub', '../two.md']);
    for (const name of await linesOf(client, 'NLST ../*.txt')) {
      const line = await client.openPassive({ tls: true });
      await client.expect(150, `RETR ${name}`);
      assert.equal((await line.readToEnd()).length, 'docs/one.txt'.length);
      line.closeNotifyThenFin();
      await client.readReply();
    }
  });

  test('patterns choose names, in the last part of a path', async () => {
    await using server = await treeServer();
    await using client = await server.session();
    assert.deepEqual(await linesOf(client, 'NLST *.txt'), ['a.txt', 'b.txt']);
    assert.deepEqual(await linesOf(client, 'NLST docs/*.txt'), ['docs/one.txt']);
    assert.deepEqual(await linesOf(client, 'NLST ?.*'), ['a.txt', 'b.txt', 'c.bin']);
    assert.deepEqual(await linesOf(client, 'NLST [ab].txt'), ['a.txt', 'b.txt']);
    assert.deepEqual(await linesOf(client, 'NLST *.none'), []);
    assert.equal((await linesOf(client, 'LIST *.txt')).length, 2);
    assert.match(await refusalOf(client, 'NLST none/*.txt'), /^550 /);
    assert.match(await refusalOf(client, `NLST ${'*a'.repeat(1000)}`), /^55\d /);
  });

  test('a pattern that would take other matchers for ever takes no time', async () => {
    await using server = await startServer({ files: 'disk' });
    await writeFile(join(server.root, 'a'.repeat(250)), '');
    await using client = await server.session();
    const started = performance.now();
    assert.deepEqual(await linesOf(client, `NLST ${'*a'.repeat(100)}*b`), []);
    assert.ok(performance.now() - started < 2000);
  });

  test('MLSD gives facts of a directory, and refuses a file with 501 or 550', async () => {
    await using server = await treeServer();
    await using client = await server.session();
    const lines = await linesOf(client, 'MLSD docs');
    assert.equal(lines.length, 3);
    const one = lines.find((line) => line.endsWith(' one.txt')) ?? '';
    assert.match(one, /type=file;/);
    assert.match(one, /size=12;/);
    assert.match(one, /modify=20240229123456;/);
    assert.match(one, /perm=adfrw;/);
    assert.match(one, /UNIX\.mode=0640;/);
    const sub = lines.find((line) => line.endsWith(' sub')) ?? '';
    assert.match(sub, /type=dir;/);
    assert.doesNotMatch(sub, /size=/);
    assert.deepEqual(await linesOf(client, 'MLSD'), await linesOf(client, 'MLSD /'));
    assert.match(await refusalOf(client, 'MLSD a.txt'), /^(501|550) /);
    assert.match(await refusalOf(client, 'MLSD none'), /^550 /);
  });

  test('MLST answers on the control line with the full path', async () => {
    await using server = await treeServer();
    await using client = await server.session();
    await client.expect(250, 'CWD docs');
    const lines = (await client.command('MLST one.txt')).split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? '', /^250-/);
    assert.match(lines[1] ?? '', /^ type=file;.*size=12;.*modify=20240229123456;.* \/docs\/one\.txt$/i);
    assert.match(lines[2] ?? '', /^250 /);
    assert.match(await client.command('MLST'), /\n type=dir;[^]* \/docs\n/);
    assert.match(await client.command('MLST none'), /^550 /);
  });

  test('OPTS MLST chooses the facts of MLSD and MLST, and FEAT shows them', async () => {
    await using server = await treeServer();
    await using client = await server.session();
    assert.match(await client.command('FEAT'), /\n MLST type\*;size\*;modify\*;perm\*;/);
    assert.equal(await client.command('OPTS MLST size;type;nonsense;'), '200 MLST OPTS type;size;');
    assert.match(await client.command('MLST a.txt'), /\n type=file;size=5; \/a\.txt\n/);
    assert.match(await client.command('FEAT'), /\n MLST type\*;size\*;modify;perm;/);
    assert.match(await client.command('OPTS MLST'), /^200 MLST OPTS/);
    assert.match(await client.command('MLST a.txt'), /\n {2}\/a\.txt\n/);
  });

  test('STAT with a path lists on the control line', async () => {
    await using server = await treeServer();
    await using client = await server.session();
    const folder = (await client.command('STAT docs')).split('\n');
    assert.match(folder[0] ?? '', /^212-/);
    assert.equal(folder.length, 5);
    assert.match(folder.join('\n'), /^ -rw-r-----.* one\.txt$/m);
    assert.match(await client.command('STAT a.txt'), /^213-[^]*a\.txt\n213 /);
    assert.match(await client.command('STAT *.txt'), /^212-[^]* a\.txt\n/);
    assert.match(await client.command('STAT *.txt'), / b\.txt\n/);
    assert.match(await client.command('STAT -la docs'), /one\.txt/);
    assert.match(await client.command('STAT none'), /^550 /);
  });

  test('STAT without a path tells of the session', async () => {
    await using server = await treeServer();
    await using client = await server.session();
    const status = await client.command('STAT');
    assert.match(status, /^211-/);
    assert.match(status, /127\.0\.0\.1/);
    assert.match(status, /Logged in as user/);
    assert.match(status, /TLSv1\.3 .*data protection: private/);
    assert.match(status, /TYPE: I/);
    assert.match(status, /\n211 /);
  });

  test('a folder with many thousand entries comes whole', async () => {
    await using server = await startServer();
    await server.storage.makeDirectory('/many');
    const names = Array.from({ length: 5000 }, (_, i) => `file number ${i}.dat`);
    for (const name of names) await server.storage.makeDirectory(`/many/${name}`);
    await using client = await server.session();
    assert.deepEqual(
      await linesOf(client, 'NLST /many').then((lines) => lines.map((line) => line.slice(6))),
      names.sort(),
    );
    assert.equal((await linesOf(client, 'MLSD many')).length, 5000);
    const status = await client.command('STAT many');
    assert.match(status, /cut after 1000 entries/);
  });
});

describe('names that are hard to tell', () => {
  const oddNames = [
    'with space',
    ' leading',
    'trailing ',
    '  two  spaces  ',
    'Grüße 漢字 🙂',
    'e\u0301 and \u00e9',
    '"quoted"',
    "it's",
    'back\\slash',
    'semi;colon=1',
    '[a]*?',
    '-dash',
    '%41',
    '~home',
    'tab\u00a0nbsp',
  ];

  for (const files of ['memory', 'disk'] as const) {
    test(`go through every command (files: ${files})`, async () => {
      await using server = await startServer({ files });
      await using client = await server.session();
      for (const name of oddNames) {
        const quoted = name.replaceAll('"', '""');
        assert.ok((await client.command(`MKD ${name}`)).startsWith(`257 "/${quoted}" `), name);
        assert.match(await client.command(`CWD ${name}`), /^250 /, name);
        assert.ok((await client.command('PWD')).startsWith(`257 "/${quoted}" `), name);
        const up = await client.openPassive({ tls: true });
        await client.expect(150, `STOR ${name}`);
        await up.secured;
        await up.write(name);
        up.closeNotifyThenFin();
        assert.match(await client.readReply(), /^226 /, name);
        const bytes = Buffer.from(name).toString('latin1');
        assert.deepEqual(await linesOf(client, 'NLST'), [bytes], name);
        assert.ok(
          (await linesOf(client, 'MLSD')).every((line) => line.endsWith(`; ${bytes}`)),
          name,
        );
        assert.ok(
          (await linesOf(client, 'LIST')).every((line) => line.endsWith(` ${bytes}`)),
          name,
        );
        assert.ok((await client.command(`MLST ${name}`)).includes(`; /${name}/${name}\n`), name);
        assert.equal(await client.command(`SIZE ${name}`), `213 ${Buffer.byteLength(name)}`);
        assert.match(await client.command(`MDTM ${name}`), /^213 \d{14}$/, name);
        await client.expect(350, `RNFR ${name}`);
        await client.expect(250, `RNTO ${name}.new`);
        await client.expect(250, `DELE ${name}.new`);
        await client.expect(250, 'CDUP');
        assert.match(await client.command(`RMD ${name}`), /^250 /, name);
      }
      assert.deepEqual(await linesOf(client, 'NLST'), []);
    });
  }

  test('names that are no UTF-8 are kept byte by byte, both ways', async () => {
    await using server = await startServer({ files: 'disk' });
    const name = Buffer.from([0x61, 0xe9, 0xff, 0x62, 0xc3]);
    await writeFile(Buffer.concat([Buffer.from(`${server.root}/`), name]), 'latin');
    await using client = await server.session();
    // 0xFF is Telnet's IAC: a client doubles it in commands; in listings it stands as it is.
    const onLine = Buffer.from([0x61, 0xe9, 0xff, 0xff, 0x62, 0xc3]);
    assert.deepEqual(await linesOf(client, 'NLST'), [name.toString('latin1')]);
    assert.deepEqual(await linesOf(client, Buffer.concat([Buffer.from('NLST '), onLine])), [name.toString('latin1')]);
    assert.match((await linesOf(client, 'MLSD'))[0] ?? '', /; a\xe9\xffb\xc3$/);
    await client.send(Buffer.concat([Buffer.from('SIZE '), onLine, Buffer.from('\r\n')]));
    assert.equal(await client.readReply(), '213 5');
    await client.send(Buffer.concat([Buffer.from('DELE '), onLine, Buffer.from('\r\n')]));
    assert.match(await client.readReply(), /^250 /);
    assert.deepEqual(await linesOf(client, 'NLST'), []);
  });

  test('a line end in a name makes no line of its own', async () => {
    await using server = await startServer({ files: 'disk' });
    await writeFile(join(server.root, 'a\r\n226 forged'), '');
    await writeFile(join(server.root, 'b\u001b[2J'), '');
    await using client = await server.session();
    for (const command of ['NLST', 'LIST', 'MLSD']) assert.equal((await linesOf(client, command)).length, 2, command);
    const status = await client.command('STAT /');
    assert.equal(status.split('\n').length, 4);
    assert.equal(await client.command('NOOP'), '200 OK');
  });

  test('symbolic links are followed inside the root and lead nowhere outside', async () => {
    await using server = await treeServer();
    await symlink('docs', join(server.root, 'link'));
    await symlink('/etc', join(server.root, 'out'));
    await symlink('/etc/hostname', join(server.root, 'outfile'));
    await symlink('nowhere', join(server.root, 'dangling'));
    await using client = await server.session();
    assert.deepEqual(await linesOf(client, 'NLST link'), ['link/one.txt', 'link/sub', 'link/two.md']);
    assert.equal(await client.command('SIZE link/one.txt'), '213 12');
    for (const path of ['out/passwd', 'outfile', 'dangling', 'out']) {
      assert.match(await client.command(`SIZE ${path}`), /^550 /, path);
      assert.match(await refusalOf(client, `RETR ${path}`), /^550 /, path);
    }
    assert.match(await refusalOf(client, 'NLST out'), /^550 /);
    assert.match(await client.command('CWD out'), /^550 /);
    assert.match(await refusalOf(client, 'STOR out/evil'), /^55\d /);
    assert.ok((await linesOf(client, 'NLST')).length >= 7);
  });
});
