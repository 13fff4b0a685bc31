/** Names cannot forge replies or log lines, and cannot move the cursor of whoever reads the log. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFileZillaFormat } from '../../../src/cli/log-formats/filezilla.ts';
import { createJsonFormat } from '../../../src/cli/log-formats/json.ts';
import { createPrettyFormat } from '../../../src/cli/log-formats/pretty.ts';
import { startServer, type TestServer } from '../../fixtures/start-server.ts';

const hostileNames = [
  'a\u001b[2J\u001b]0;owned\u0007',
  'a\u007f\u0008\u0008b',
  'a\u009b2Jb',
  'a\u2028b',
  '../230 Logged on',
  'a" is current directory.',
];

/** Every line that any log format makes of what has happened. */
function logLines(server: TestServer): string[] {
  const formats = [createPrettyFormat({ colour: false }), createFileZillaFormat(), createJsonFormat()];
  return formats.flatMap((format) => server.events.flatMap((event) => [...format(event)]));
}

describe('names that forge', () => {
  for (const name of hostileNames) {
    test(`${JSON.stringify(name)}: every reply is one reply, and every log line one line without controls`, async () => {
      await using server = await startServer({ limits: { loginDelayMs: 1 } });
      await using client = await server.connect();
      await client.authTls();
      assert.match(await client.command(`USER ${name}`), /^\d{3} [^\p{Cc}]*$/u);
      assert.match(await client.command('PASS x'), /^[45]\d\d [^\p{Cc}]*$/u);
      await client.login('user', 'pass');
      for (const verb of ['CWD', 'SIZE', 'DELE', 'RNFR', 'MKD', 'CWD', 'MLST', 'STAT', 'CLNT', 'SITE', 'HELP']) {
        const reply = await client.command(`${verb} ${name}`);
        assert.match(reply, /^\d{3}[ -]/, verb);
        assert.doesNotMatch(reply.replaceAll('\n', ''), /\p{Cc}/u, verb);
      }
      assert.equal(await client.command('NOOP'), '200 OK');
      for (const line of logLines(server)) assert.doesNotMatch(line, /\p{Cc}/u);
    });
  }

  test('a quote in a folder’s name is doubled in 257 and cannot end it', async () => {
    await using server = await startServer();
    await using client = await server.session();
    await client.expect(257, 'MKD a"b');
    await client.expect(250, 'CWD a"b');
    assert.match(await client.command('PWD'), /^257 "\/a""b" /);
  });
});
