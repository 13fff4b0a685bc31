/** `twinline get`, `put` and `ls` as processes against Debian's vsftpd, which shares no code with us. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, hashOf, hashOfFile, seededBytes } from '../../src/testing/index.ts';
import { tourCommands } from '../fixtures/command-tour.ts';
import { pyftpdlib } from '../fixtures/peers/pyftpdlib.ts';
import { vsftpd } from '../fixtures/peers/vsftpd.ts';
import { runTwinline } from '../fixtures/serve-process.ts';

const file = seededBytes(20_000_000, 62);

describe('the client commands and vsftpd', { skip: vsftpd.peerMissing() ?? false }, () => {
  for (const version of ['1.2', '1.3'] as const) {
    test(`get, put and ls over TLS ${version}, with reuse of the session on data lines demanded`, async () => {
      await using peer = await vsftpd.start({ requireSessionReuse: true });
      await using folder = await createTempFolder();
      await writeFile(join(peer.root, 'down.bin'), file, { mode: 0o644 });
      const url = `ftpes://localhost:${peer.controlPort}/`;
      const session = [
        '-u',
        `${peer.user}:${peer.password}`,
        '--cacert',
        peer.certificateFile,
        '--tls-max',
        version,
        '-v',
      ];
      const run = (...words: string[]) => runTwinline([...words, ...session], { cwd: folder.path });

      const down = await run('get', `${url}down.bin`);
      assert.equal(down.exitCode, 0, down.stderr);
      assert.equal(await hashOfFile(folder.join('down.bin')), hashOf(file));
      assert.match(down.stderr, new RegExp(`on the control line using TLSv${version}`));
      assert.match(down.stderr, new RegExp(`TLS re-using session\n.*on the data line using TLSv${version}`));
      assert.match(down.stderr, /certificate verify result: trusted/);

      const up = await run('put', 'down.bin', `${url}up.bin`);
      assert.equal(up.exitCode, 0, up.stderr);
      assert.equal(await hashOfFile(join(peer.root, 'up.bin')), hashOf(file));

      const list = await run('ls', url);
      assert.equal(list.exitCode, 0, list.stderr);
      assert.match(list.stdout.toString(), /^-rw-r--r-- +20000000 +~?\d{4}-\d\d-\d\d \d\d:\d\d +down\.bin$/m);
      assert.match(list.stdout.toString(), / up\.bin$/m);
    });
  }

  test('a second get --resume goes on where --max-time ended the first', async () => {
    await using peer = await vsftpd.start();
    await using folder = await createTempFolder();
    await writeFile(join(peer.root, 'down.bin'), file, { mode: 0o644 });
    const words = [
      'get',
      `ftpes://localhost:${peer.controlPort}/down.bin`,
      '-k',
      '-u',
      `${peer.user}:${peer.password}`,
    ];
    const first = await runTwinline([...words, '--limit-rate', '1M', '--max-time', '1.5'], { cwd: folder.path });
    assert.equal(first.exitCode, 124, first.stderr);
    assert.match(first.stderr, /bytes are in down\.bin\.part; go on with/);
    const second = await runTwinline([...words, '-C', '-'], { cwd: folder.path });
    assert.equal(second.exitCode, 0, second.stderr);
    assert.match(second.stderr, /bytes from byte \d+ on/);
    assert.equal(await hashOfFile(folder.join('down.bin')), hashOf(file));
  });
});

for (const kind of [vsftpd, pyftpdlib]) {
  describe(`every command of the client and ${kind.name}`, { skip: kind.peerMissing() ?? false }, () => {
    for (const version of ['1.2', '1.3'] as const) {
      test(`over TLS ${version}`, async () => {
        await using peer = await kind.start();
        await tourCommands({
          url: `ftpes://localhost:${peer.controlPort}`,
          session: ['-u', `${peer.user}:${peer.password}`, '--cacert', peer.certificateFile, '--tls-max', version],
          root: peer.root,
          hasHash: false,
          hasModes: true,
        });
      });
    }
  });
}
