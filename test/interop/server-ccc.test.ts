/** curl with --ftp-ssl-ccc: it takes TLS off the control line behind the login and transfers under TLS all the same. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTempFolder, hashOf, runCommand, seededBytes } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { startServer } from '../fixtures/start-server.ts';

describe('curl --ftp-ssl-ccc', { skip: missingProgram('curl') }, () => {
  for (const mode of ['passive', 'active']) {
    for (const version of ['1.2', '1.3']) {
      const secure = ['-sS', '-k', '--ssl-reqd', '--tls-max', version, '-u', 'user:pass', '--max-time', '30'];
      const args = [...secure, '--ftp-ssl-ccc', '--ftp-ssl-ccc-mode', mode];

      test(`puts and gets in mode ${mode} on TLS ${version}`, async () => {
        await using server = await startServer({ ccc: true });
        await using folder = await createTempFolder();
        const bytes = seededBytes(300_000, 1);
        await writeFile(folder.join('a'), bytes);
        const url = `ftp://127.0.0.1:${server.port}/a`;
        const up = await runCommand('curl', [...args, '-T', folder.join('a'), url]);
        assert.deepEqual([up.exitCode, up.stderr], [0, '']);
        const down = await runCommand('curl', [...args, url]);
        assert.deepEqual([down.exitCode, down.stderr], [0, '']);
        assert.equal(hashOf(down.stdout), hashOf(bytes));
        assert.equal(server.eventsOf('command').filter(({ text }) => text === 'CCC').length, 2);
        assert.equal(server.eventsOf('data-tls').length, 2);
      });
    }
  }

  test('goes on under TLS where the server keeps it', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('mine'));
    const args = ['-sS', '-k', '--ssl-reqd', '-u', 'user:pass', '--max-time', '30', '--ftp-ssl-ccc'];
    const result = await runCommand('curl', [...args, `ftp://127.0.0.1:${server.port}/a`]);
    assert.equal(result.stdout.toString(), 'mine');
    assert.ok(server.eventsOf('reply').some(({ code }) => code === 534));
  });
});
