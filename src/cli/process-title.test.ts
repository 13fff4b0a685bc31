import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { startProcess } from '../testing/index.ts';
import { maskedWords } from './process-title.ts';

const launcher = join(import.meta.dirname, '../../bin/twinline.js');

describe('the words of a command line', () => {
  test('are shown without passwords', () => {
    for (const [words, shown] of [
      [
        ['get', 'ftp://h/a', '-u', 'anna:se:cret'],
        ['get', 'ftp://h/a', '-u', 'anna:********'],
      ],
      [['-uanna:secret'], ['-uanna:********']],
      [['--user=anna:secret'], ['--user=anna:********']],
      [
        ['--user', 'anna'],
        ['--user', 'anna'],
      ],
      [
        ['--pass', 'open', '--pass=open'],
        ['--pass', '********', '--pass=********'],
      ],
      [
        ['-ku', 'anna:secret', '-vkuanna:secret'],
        ['-ku', 'anna:********', '-vkuanna:********'],
      ],
      [['ftpes://anna:se@cret@h/a'], ['ftpes://anna:********@h/a']],
      [
        ['anna:secret@h/a', 'ftpes://anna:se/cret@h/a', 'ftp://[::1]:21/a@b'],
        ['anna:********@h/a', 'ftpes://anna:********@h/a', 'ftp://[::1]:21/a@b'],
      ],
      [
        ['-x', 'socks5h://u:p@h', '--proxy=http://u:p@h'],
        ['-x', 'socks5h://u:********@h', '--proxy=http://u:********@h'],
      ],
      [
        ['put', 'a:b', 'ftp://h:21/x@y'],
        ['put', 'a:b', 'ftp://h:21/x@y'],
      ],
    ] as const) {
      assert.deepEqual(maskedWords(words), shown);
    }
  });

  test('are covered in the process list while the command runs', { skip: process.platform !== 'linux' }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const arrived = once(server, 'connection');
    const words = ['ls', `ftp://bob:hidden@127.0.0.1:${port}/`, '-u', 'anna:secret'];
    const running = await startProcess(process.execPath, [launcher, ...words]);
    const [raw] = (await arrived) as [Socket];
    const shown = readFileSync(`/proc/${running.pid}/cmdline`, 'latin1');
    raw.destroy();
    await running.exited;
    server.close();
    assert.match(shown, /^twinline ls ftp:\/\/bob:\*{8}@127\.0\.0\.1:\d+\/ -u anna:\*{8}/);
    assert.doesNotMatch(shown, /secret|hidden/);
  });
});
