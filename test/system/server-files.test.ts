/** Directories, names, times and what the server tells of itself: MKD, RMD, DELE, RNFR, RNTO, CWD, MDTM, FEAT, HELP, SYST and the rest. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startServer } from '../fixtures/start-server.ts';

for (const files of ['memory', 'disk'] as const) {
  describe(`directories and names (files: ${files})`, () => {
    test('MKD, CWD, PWD, CDUP and RMD, with their X forms', async () => {
      await using server = await startServer({ files });
      await using client = await server.session();
      assert.equal(await client.command('MKD a'), '257 "/a" created successfully');
      assert.match(await client.command('MKD a/b'), /^257 "\/a\/b"/);
      assert.match(await client.command('XMKD /a/b/c'), /^257 "\/a\/b\/c"/);
      assert.match(await client.command('CWD a/b'), /^250 /);
      assert.equal(await client.command('PWD'), '257 "/a/b" is current directory.');
      assert.match(await client.command('XCWD c/'), /^250 /);
      assert.match(await client.command('XPWD'), /^257 "\/a\/b\/c"/);
      assert.match(await client.command('CDUP'), /^250 /);
      assert.match(await client.command('XCUP'), /^250 /);
      assert.match(await client.command('PWD'), /^257 "\/a"/);
      assert.match(await client.command('CWD ./../a//b/.'), /^250 /);
      assert.match(await client.command('PWD'), /^257 "\/a\/b"/);
      assert.match(await client.command('CWD ../../../..'), /^250 /);
      assert.match(await client.command('PWD'), /^257 "\/" /);
      assert.match(await client.command('RMD a'), /^550 .*not empty/);
      assert.match(await client.command('RMD a/b/c'), /^250 /);
      assert.match(await client.command('XRMD a/b'), /^250 /);
      assert.match(await client.command('RMD a'), /^250 /);
    });

    test('what is not there, is there already or is of another kind is 550', async () => {
      await using server = await startServer({ files });
      await server.storage.makeDirectory('/d');
      await server.write('/f', Buffer.from('file'));
      await using client = await server.session();
      const refused = [
        'CWD none',
        'CWD f',
        'CWD f/x',
        'MKD d',
        'MKD f',
        'MKD none/x',
        'MKD /',
        'RMD none',
        'RMD f',
        'RMD /',
      ];
      const also = [
        'DELE none',
        'DELE d',
        'DELE /',
        'RNFR none',
        'RNFR /',
        'SIZE none',
        'SIZE d',
        'MDTM none',
        'MDTM d',
      ];
      for (const command of [...refused, ...also]) assert.match(await client.command(command), /^550 /, command);
      assert.match(await client.command('PWD'), /^257 "\/" /);
      assert.equal((await server.read('/f'))?.toString(), 'file');
    });

    test('RNFR and RNTO move files and directories', async () => {
      await using server = await startServer({ files });
      await server.storage.makeDirectory('/d');
      await server.write('/d/f', Buffer.from('file'));
      await server.write('/old', Buffer.from('old'));
      await using client = await server.session();
      assert.match(await client.command('RNFR d/f'), /^350 /);
      assert.match(await client.command('RNTO g'), /^250 /);
      assert.equal((await server.read('/g'))?.toString(), 'file');
      await client.expect(350, 'RNFR g');
      assert.match(await client.command('RNTO old'), /^250 /);
      assert.equal((await server.read('/old'))?.toString(), 'file');
      await client.expect(350, 'RNFR d');
      assert.match(await client.command('RNTO e'), /^250 /);
      assert.equal((await server.storage.stat('/e')).type, 'directory');
      await client.expect(350, 'RNFR e');
      assert.match(await client.command('RNTO e/inside'), /^5\d\d /);
      await client.expect(350, 'RNFR old');
      assert.match(await client.command('RNTO none/x'), /^550 /);
      assert.equal((await server.read('/old'))?.toString(), 'file');
    });

    test('RNTO needs RNFR right before it; NOOP may stand between', async () => {
      await using server = await startServer({ files });
      await server.write('/f', Buffer.from('file'));
      await using client = await server.session();
      assert.match(await client.command('RNTO g'), /^503 /);
      for (const between of ['PWD', 'CWD /', 'RNFR none', 'REST 0', 'SIZE f']) {
        await client.expect(350, 'RNFR f');
        await client.command(between);
        assert.match(await client.command('RNTO g'), /^503 /, between);
      }
      await client.expect(350, 'RNFR f');
      await client.expect(200, 'NOOP');
      assert.match(await client.command('RNTO g'), /^250 /);
      assert.match(await client.command('RNTO h'), /^503 /);
      assert.equal((await server.read('/g'))?.toString(), 'file');
    });

    test('names with control characters and names of the server are refused', async () => {
      await using server = await startServer({ files });
      await using client = await server.session();
      for (const name of ['a\u0001b', 'a\u001b[2J', 'a\u007f', 'a\u0009b']) {
        assert.match(await client.command(`MKD ${name}`), /^55\d /, JSON.stringify(name));
      }
      assert.match(await client.command(`MKD ${'x'.repeat(256)}`), /^55\d /);
      assert.match(await client.command(`MKD ${'x'.repeat(255)}`), /^257 /);
    });

    test('a reply with a hostile name is one line, with its control characters shown', async () => {
      await using server = await startServer({ files });
      await using client = await server.session();
      const reply = await client.command('CWD a\u001b[31m');
      assert.match(reply, /^55\d /);
      assert.ok(!reply.includes('\u001b'));
    });
  });
}

describe('times and sizes', () => {
  test('MDTM tells the time in UTC, SIZE the bytes', async () => {
    await using server = await startServer({ files: 'disk' });
    await writeFile(join(server.root, 'f'), '12345');
    await utimes(join(server.root, 'f'), new Date('1999-12-31T23:59:59Z'), new Date('1999-12-31T23:59:59Z'));
    await using client = await server.session();
    assert.equal(await client.command('MDTM f'), '213 19991231235959');
    assert.equal(await client.command('SIZE f'), '213 5');
  });
});

describe('what the server tells of itself', () => {
  test('FEAT lists what works in this session and nothing else', async () => {
    await using server = await startServer({ tls: 'optional', host: '::' });
    await using client = await server.connect({ host: '127.0.0.1' });
    const features = async (): Promise<string[]> => {
      const lines = (await client.command('FEAT')).split('\n');
      assert.match(lines[0] ?? '', /^211-/);
      assert.equal(lines.at(-1), '211 End');
      const inner = lines.slice(1, -1);
      assert.ok(inner.every((line) => line.startsWith(' ')));
      return inner.map((line) => line.slice(1));
    };
    const clear = await features();
    for (const token of ['AUTH TLS', 'EPSV', 'EPRT', 'MDTM', 'PASV', 'PBSZ', 'PROT', 'REST STREAM', 'SIZE', 'UTF8']) {
      assert.ok(clear.includes(token), token);
    }
    assert.ok(clear.some((line) => line.startsWith('MLST type*;size*;modify*;')));
    await using over6 = await server.connect({ host: '::1' });
    assert.doesNotMatch(await over6.command('FEAT'), /PASV/);
    await using off = await startServer({ tls: 'off' });
    await using other = await off.connect();
    assert.doesNotMatch(await other.command('FEAT'), /AUTH|PBSZ|PROT/);
  });

  test('every verb of HELP is known, and HELP tells its syntax', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const lines = (await client.command('HELP')).split('\n');
    assert.match(lines[0] ?? '', /^214-/);
    assert.match(lines.at(-1) ?? '', /^214 /);
    const verbs = lines.slice(1, -1).flatMap((line) => line.trim().split(/ +/));
    const needed =
      'AUTH PBSZ PROT USER PASS PWD CWD CDUP TYPE STRU MODE EPSV PASV EPRT PORT SIZE MDTM REST RETR STOR APPE LIST NLST MLSD MLST MKD RMD DELE RNFR RNTO FEAT OPTS SYST NOOP STAT HELP ABOR QUIT XPWD XCWD XCUP XMKD XRMD';
    for (const verb of needed.split(' ')) assert.ok(verbs.includes(verb), verb);
    for (const verb of verbs)
      assert.match(await client.command(`HELP ${verb}`), /^214[ -](?:Syntax: |SITE knows:)/, verb);
    assert.match(await client.command('HELP XYZZY'), /^50\d /);
  });

  test('SYST, NOOP, TYPE, STRU, MODE and OPTS UTF8', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const dialogue: [string, RegExp][] = [
      ['SYST', /^215 UNIX Type: L8/],
      ['NOOP', /^200 /],
      ['TYPE A', /^200 Type set to A$/],
      ['TYPE A N', /^200 /],
      ['TYPE i', /^200 Type set to I$/],
      ['TYPE L 8', /^200 /],
      ['TYPE E', /^504 /],
      ['TYPE A T', /^504 /],
      ['TYPE L 7', /^504 /],
      ['TYPE X', /^501 /],
      ['STRU F', /^200 /],
      ['STRU f', /^200 /],
      ['STRU R', /^504 /],
      ['STRU P', /^504 /],
      ['STRU X', /^501 /],
      ['MODE S', /^200 /],
      ['MODE B', /^504 /],
      ['MODE C', /^504 /],
      ['MODE X', /^501 /],
      ['OPTS UTF8 ON', /^200 /],
      ['OPTS utf8', /^200 /],
      ['OPTS UTF-8 ON', /^200 /],
      ['OPTS XYZZY', /^501 /],
      ['REST 0', /^350 /],
      ['REST 9007199254740991', /^350 /],
      ['REST 9007199254740992', /^501 /],
      ['REST -1', /^501 /],
    ];
    for (const [command, reply] of dialogue) assert.match(await client.command(command), reply, command);
  });
});
