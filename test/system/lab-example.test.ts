/** The example of the lab as a library is on its page, runs against a server, and says what it is about. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/testing/index.ts';
import { startServer } from '../fixtures/start-server.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const example = `${top}examples/lab/own-case.ts`;

async function run(port: number): Promise<{ exitCode: number | null; printed: string }> {
  const env = { ...process.env, FTP_HOST: '127.0.0.1', FTP_PORT: String(port), FTP_USER: 'user', FTP_PASSWORD: 'pass' };
  const { exitCode, stdout, stderr } = await runCommand(process.execPath, [example], { env, timeoutMs: 120_000 });
  return { exitCode, printed: `${stdout.toString()}${stderr}` };
}

test("a case of one's own is run beside those of the lab, by the package alone", async () => {
  const compiler = `${top}node_modules/typescript/bin/tsc`;
  const built = await runCommand(process.execPath, [compiler, '-b', 'src'], { cwd: top, timeoutMs: 120_000 });
  assert.equal(built.exitCode, 0, built.stdout.toString());
  await using server = await startServer();
  const { exitCode, printed } = await run(server.port);
  assert.match(printed, /^PASS rfc959\/4\.1\.3\/abort-in-download /m);
  assert.match(printed, /^PASS rfc2428\/3\/epsv-unknown-family /m);
  assert.match(
    printed,
    /^NON-STRICT engineering\/house\/greets-by-name the reply to the login does not name the user$/m,
  );
  assert.equal(exitCode, 2, printed);
});

test('the page shows it as it is run', async () => {
  const page = await readFile(`${top}docs/how-to/lab-add-a-case.md`, 'utf8');
  assert.ok(page.includes(`\`\`\`ts\n${await readFile(example, 'utf8')}\`\`\`\n`));
});
