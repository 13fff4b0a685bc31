/** What clients do to files beside moving them: facts, free space, joining parts, and the words of SITE. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { seededBytes } from '../../src/testing/index.ts';
import { parsePathRules, Secret } from '../../src/users/index.ts';
import { heldReads, letGoUntil } from '../fixtures/held-reads.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const start = (files: 'memory' | 'disk'): Promise<TestServer> => startServer({ tls: 'optional', files });

for (const protection of ['plain', 'TLSv1.3'] as const) {
  describe(`facts over ${protection}`, () => {
    test('MFMT, MFF and SITE CHMOD set times and modes on disk; MFCT, which disks cannot do, is 502', async () => {
      await using server = await start('disk');
      await server.write('/a b', Buffer.from('x'));
      await server.storage.makeDirectory('/d');
      await using client = await server.session({ protection });
      const modeOf = (name: string): string => (fs.statSync(join(server.root, name)).mode & 0o7777).toString(8);
      const dialogue: [string, string | RegExp][] = [
        ['MFMT 20020717210715 a b', '213 Modify=20020717210715; a b'],
        ['MDTM a b', '213 20020717210715'],
        ['MFF Modify=19991231235959;UNIX.mode=640; /a b', '213 Modify=19991231235959;UNIX.mode=0640; /a b'],
        ['MDTM a b', '213 19991231235959'],
        ['MFF unix.MODE=0600; a b', '213 UNIX.mode=0600; a b'],
        ['MFF Create=19991231235959; a b', /^504 .*known: Modify, UNIX\.mode$/],
        ['MFF X.unknown=1;Modify=20010101000000; a b', /^504 /],
        ['MFF Modify=20010230000000; a b', /^501 /],
        ['MFF UNIX.mode=4755; a b', /^501 /],
        ['MFF Modify=20010101000000 a b', /^501 /],
        ['MFF Modify=20010101000000; none', /^550 /],
        ['MDTM a b', '213 19991231235959'],
        ['MFCT 20010101000000 a b', /^502 /],
        ['MFMT 20010229000000 a b', /^501 /],
        ['MFMT 20010101000000 none', /^550 /],
        ['SITE CHMOD 644 a b', '200 Mode set to 644'],
        ['SITE CHMOD 0700 d', '200 Mode set to 0700'],
        ['SITE CHMOD 4755 a b', /^504 /],
        ['SITE CHMOD u+x a b', /^501 /],
        ['SITE CHMOD 644', /^501 /],
        ['SITE CHMOD 000 /', /^550 /],
        ['SITE CHMOD 644 ../../etc/passwd', /^550 /],
        ['SITE UTIME 20020717210715 a b', '200 Time set'],
        ['MDTM a b', '213 20020717210715'],
        ['SITE UTIME a b 20010101000000 20030717210715 20010101000000 UTC', '200 Time set'],
        ['MDTM a b', '213 20030717210715'],
      ];
      for (const [command, expected] of dialogue) {
        const reply = await client.command(command);
        if (typeof expected === 'string') assert.equal(reply, expected, command);
        else assert.match(reply, expected, command);
      }
      assert.deepEqual([modeOf('a b'), modeOf('d')], ['644', '700']);
      const features = await client.command('FEAT');
      assert.match(features, /^ MFF Modify;UNIX\.mode;$/m);
      assert.match(features, /^ MFMT$/m);
      assert.doesNotMatch(features, /MFCT/);
      assert.doesNotMatch(await client.command('HELP'), /MFCT/);
      assert.match(await client.command('HELP MFCT'), /^502 /);
    });

    test('MFCT and the Create fact work where the storage has times of creation', async () => {
      await using server = await start('memory');
      await server.write('/f', Buffer.from('x'));
      await using client = await server.session({ protection });
      assert.match(await client.command('FEAT'), /^ MFCT$[^]*^ MFF Create;Modify;UNIX\.mode;$/m);
      assert.equal(await client.command('MFCT 20020717212230 f'), '213 Create=20020717212230; f');
      assert.equal((await server.storage.stat('/f')).createdMs, Date.UTC(2002, 6, 17, 21, 22, 30));
      const both = 'Create=20020717210715;Modify=20020717210716;';
      assert.equal(await client.command(`MFF ${both} f`), `213 ${both} f`);
      const { createdMs, modifiedMs } = await server.storage.stat('/f');
      assert.deepEqual([createdMs, modifiedMs], [Date.UTC(2002, 6, 17, 21, 7, 15), Date.UTC(2002, 6, 17, 21, 7, 16)]);
    });

    for (const files of ['memory', 'disk'] as const) {
      test(`AVBL tells the bytes that are free (files: ${files})`, async () => {
        await using server = await start(files);
        await server.storage.makeDirectory('/d');
        await server.write('/f', Buffer.from('x'));
        await using client = await server.session({ protection });
        for (const command of ['AVBL', 'AVBL /d'])
          assert.match(await client.command(command), /^213 [1-9]\d*$/, command);
        for (const command of ['AVBL none', 'AVBL f', 'AVBL ../../none']) {
          assert.match(await client.command(command), /^550 /, command);
        }
        assert.match(await client.command('FEAT'), /^ AVBL$/m);
      });
    }
  });

  describe(`COMB over ${protection}`, () => {
    for (const files of ['memory', 'disk'] as const) {
      test(`joins parts behind what is there, and removes them (files: ${files})`, async () => {
        await using server = await start(files);
        const parts = [seededBytes(300_000, 1), seededBytes(1, 2), seededBytes(0, 3), seededBytes(70_000, 4)];
        await server.storage.makeDirectory('/d');
        for (const [index, bytes] of parts.entries()) await server.write(`/d/part ${index}`, bytes);
        await using client = await server.session({ protection });
        const names = parts.map((_, index) => `"d/part ${index}"`);
        assert.equal(
          await client.command(`COMB "the whole" ${names.join(' ')}`),
          '250 /the whole has been put together from 4 parts',
        );
        assert.deepEqual(await server.read('/the whole'), Buffer.concat(parts));
        assert.equal(await server.read('/d/part 0'), undefined);
        await server.write('/more', Buffer.from('more'));
        assert.match(await client.command('COMB "the whole" more'), /^250 /);
        assert.deepEqual(await server.read('/the whole'), Buffer.concat([...parts, Buffer.from('more')]));
        assert.match(await client.command('FEAT'), /^ COMB target;source_list$/m);
      });

      test(`changes nothing where a part is not there (files: ${files})`, async () => {
        await using server = await start(files);
        await server.write('/a', Buffer.from('aaa'));
        await server.write('/whole', Buffer.from('old'));
        await server.storage.makeDirectory('/d');
        await using client = await server.session({ protection });
        assert.match(await client.command('COMB whole a none'), /^550 /);
        assert.match(await client.command('COMB whole a d'), /^550 /);
        assert.match(await client.command('COMB d a'), /^550 /);
        assert.match(await client.command('COMB whole a a'), /^501 .*twice/);
        assert.match(await client.command('COMB whole a ./whole'), /^501 /);
        assert.match(await client.command('COMB whole'), /^501 /);
        assert.match(await client.command('COMB "whole a'), /^501 /);
        assert.equal((await server.read('/whole'))?.toString(), 'old');
        assert.equal((await server.read('/a'))?.toString(), 'aaa');
        assert.match(await client.command('SIZE whole'), /^213 3$/);
      });
    }
  });

  describe(`SITE over ${protection}`, () => {
    test('COPY makes another file with the same content, in one step', async () => {
      await using server = await start('disk');
      const content = seededBytes(600_000, 9);
      await server.write('/a', content);
      await server.write('/old', Buffer.from('old'));
      await using client = await server.session({ protection });
      assert.equal(await client.command('SITE COPY a "b c"'), '250 /a copied to /b c');
      assert.deepEqual(await server.read('/b c'), content);
      assert.match(await client.command('SITE COPY "b c" old'), /^250 /);
      assert.deepEqual(await server.read('/old'), content);
      for (const command of ['SITE COPY a', 'SITE COPY a b c', 'SITE COPY a ./a']) {
        assert.match(await client.command(command), /^501 /, command);
      }
      for (const command of [
        'SITE COPY none x',
        'SITE COPY / x',
        'SITE COPY a none/x',
        'SITE COPY ../../etc/passwd x',
      ]) {
        assert.match(await client.command(command), /^550 /, command);
      }
      assert.deepEqual(fs.readdirSync(server.root).sort(), ['a', 'b c', 'old'], 'nothing hidden is left');
    });

    test('COPY and COMB are stopped by ABOR, and then nothing has changed', async () => {
      const held = heldReads();
      await using server = await startServer({ tls: 'optional', files: held.storage });
      const content = seededBytes(16 * 1024 * 1024, 5);
      for (const path of ['/a', '/b']) await server.write(path, content);
      await server.write('/target', Buffer.from('old'));
      await using client = await server.session({ protection });
      for (const command of ['SITE COPY a target', 'COMB target a b']) {
        held.hold();
        await client.send(`${command}\r\nNOOP\r\n`);
        assert.equal(await client.readReply(), '200 OK');
        await client.send('ABOR\r\n');
        const answer = client.readReply();
        assert.ok((await letGoUntil(held, answer)) < 60, 'the file was not read to its end');
        assert.match(await answer, /^426 .* was stopped$/);
        assert.equal(await client.readReply(), '226 Abort successful');
        held.letAllGo();
        assert.equal((await server.read('/target'))?.toString(), 'old');
        assert.equal(await client.command('SIZE target'), '213 3');
        assert.equal((await server.read('/a'))?.length, content.length);
      }
    });

    test('SYMLINK leads to what is there, inside the root and the home of the user', async () => {
      await using server = await start('disk');
      for (const path of ['/home', '/home/guest', '/home/guest/d']) await server.storage.makeDirectory(path);
      await server.write('/secret', Buffer.from('no'));
      await server.write('/home/guest/f', Buffer.from('yes'));
      await using client = await server.session({ protection, user: 'guest' });
      assert.equal(await client.command('SITE SYMLINK f d/link'), '200 /d/link now leads to /f');
      assert.equal(await client.command('SIZE d/link'), '213 3');
      await client.expect(350, 'RNFR d/link');
      await client.expect(250, 'RNTO link');
      assert.equal(await client.command('SIZE link'), '213 3');
      for (const target of ['/secret', '../../secret', '/etc/passwd', '../../../etc/passwd', '/home/guest/f']) {
        assert.match(await client.command(`SITE SYMLINK ${target} evil`), /^550 /, target);
      }
      assert.deepEqual(fs.readdirSync(join(server.root, 'home/guest')).sort(), ['d', 'f', 'link']);
      assert.match(await client.command('SITE SYMLINK f link'), /^550 /);
    });

    test('MKDIR makes what is missing above, RMDIR removes empty directories only', async () => {
      await using server = await start('disk');
      await using client = await server.session({ protection });
      assert.equal(await client.command('SITE MKDIR a/b/c d'), '200 /a/b/c d created');
      await server.write('/f', Buffer.from('x'));
      assert.match(await client.command('SITE MKDIR f/g/h'), /^550 .*Not a directory/);
      assert.match(await client.command('SITE MKDIR ../..'), /^550 /);
      assert.match(await client.command('SITE MKDIR a/b/c d'), /^550 /);
      assert.match(await client.command('SITE RMDIR a/b'), /^550 .*not empty/);
      assert.match(await client.command('SITE RMDIR a/b/c d'), /^200 /);
      assert.match(await client.command('SITE RMDIR /'), /^550 /);
    });

    test('COPY, COMB and MKDIR keep to the rules of paths', async () => {
      const rules = parsePathRules(['/=list,read', '/in=write,mkdir,list', '/out=all']);
      const users = [{ name: 'anna', password: new Secret('pass'), rights: rules }];
      await using server = await startServer({ tls: 'optional', files: 'disk', users });
      for (const path of ['/in', '/out']) await server.storage.makeDirectory(path);
      for (const path of ['/a', '/in/part', '/out/f']) await server.write(path, Buffer.from('x'));
      await using client = await server.session({ protection, user: 'anna' });
      const dialogue: [string, RegExp][] = [
        ['SITE COPY /a /in/copy', /^250 /],
        ['SITE COPY /a /copy', /^550 Permission denied|^550 .*may not/],
        ['SITE COPY /in/part /out/part', /^550 .*read/],
        ['COMB /out/whole /out/f', /^250 /],
        ['COMB /out/whole /in/part', /^550 .*read/],
        ['SITE MKDIR /in/x/y/z', /^200 /],
        ['SITE MKDIR /x/y', /^550 .*make directories/],
        ['SITE CHMOD 600 /a', /^550 .*modes/],
        ['SITE SYMLINK /out/whole /in/link', /^550 .*links/],
        ['MFF Modify=20200102030405; /a', /^550 .*times/],
        ['HASH /in/part', /^550 .*read/],
        ['HASH /a', /^213 /],
      ];
      for (const [command, reply] of dialogue) assert.match(await client.command(command), reply, command);
    });

    test('HELP, FEAT and the refusals follow from who asks and where', async () => {
      await using server = await start('disk');
      await server.write('/f', Buffer.from('x'));
      await using client = await server.session({ protection });
      const help = await client.command('SITE HELP');
      for (const word of ['CHMOD', 'UTIME', 'SYMLINK', 'MKDIR', 'RMDIR', 'COPY', 'HELP']) {
        assert.match(help, new RegExp(`^ SITE ${word}`, 'm'));
      }
      assert.equal(await client.command('HELP SITE'), help);
      assert.match(await client.command('FEAT'), /^ SITE CHMOD$\n^ SITE COPY$/m);
      assert.match(await client.command('SITE EXEC ls'), /^504 /);
      await using reader = await server.session({ protection, user: 'reader' });
      for (const words of ['CHMOD 600 f', 'UTIME 20020717210715 f', 'SYMLINK f g', 'MKDIR d', 'RMDIR d', 'COPY f g']) {
        assert.match(await reader.command(`SITE ${words}`), /^550 Permission denied/, words);
      }
      for (const command of ['COMB g f', 'MFF Modify=20020717210715; f', 'MFMT 20020717210715 f']) {
        assert.match(await reader.command(command), /^550 Permission denied/, command);
      }
      assert.doesNotMatch(await reader.command('SITE HELP'), /CHMOD|UTIME|SYMLINK|MKDIR|RMDIR|COPY/);
      assert.doesNotMatch(await reader.command('FEAT'), /SITE (?!QUOTA)|MFMT|MFF|COMB/);
      await using memory = await start('memory');
      await using other = await memory.session({ protection });
      assert.doesNotMatch(await other.command('SITE HELP'), /SYMLINK/);
      assert.match(await other.command('SITE SYMLINK a b'), /^504 /);
      await using stranger = await server.connect();
      if (protection !== 'plain') await stranger.authTls();
      for (const command of ['SITE HELP', 'SITE CHMOD 777 f', 'SITE COPY f g', 'COMB g f', 'AVBL', 'MFF Modify=1; f']) {
        assert.match(await stranger.command(command), /^530 /, command);
      }
    });
  });
}

test('a refusal names the file and not the whole argument, and none where it may be one of several', async () => {
  await using server = await start('disk');
  await server.write('/f', Buffer.from('x'));
  await using client = await server.session();
  const missing = 'No such file or directory';
  const dialogue = [
    ['MFMT 20200101000000 none', `550 /none: ${missing}`],
    ['SITE CHMOD 644 none', `550 /none: ${missing}`],
    ['SITE RMDIR none', `550 /none: ${missing}`],
    ['DELE none', `550 /none: ${missing}`],
    ['SITE COPY f none/f', `550 ${missing}`],
    ['COMB f none', `550 ${missing}`],
    ['RNFR f', '350 File exists, ready for destination name'],
    ['RNTO none/f', `550 /none/f: ${missing}`],
  ] as const;
  for (const [command, expected] of dialogue) assert.equal(await client.command(command), expected, command);
});
