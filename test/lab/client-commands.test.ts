/** Commands of users under `twinline lab client`: places in scripts, and commands that are missing, endless, loud or idle. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { clientCases, type LabReport, parseReport, runClientLab } from '../../src/lab/index.ts';
import { createTempFolder, type TempFolder } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/serve-process.ts';

const row = 'K05';

const shellScript = `#!/bin/sh
test "$1" = "ftp://$2:$3/$6" || exit 9
curl -q -sS --ssl-reqd --cacert "$8" -u "$4:$5" --max-time 10 -o "$7" "$1"
`;

const pythonScript = `
import ftplib, ssl, sys
url, host, port, user, password, remote, local, cacert = sys.argv[1:]
assert url == "ftp://%s:%s/%s" % (host, port, remote)
ftp = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=cacert))
ftp.connect(host, int(port), timeout=5)
ftp.login(user, password)
ftp.prot_p()
with open(local, "wb") as file:
    ftp.retrbinary("RETR " + remote, file.write)
ftp.quit()
`;

const places = ['{url}', '{host}', '{port}', '{user}', '{password}', '{remote}', '{local}', '{cacert}'];

describe('a command behind lab client --', { concurrency: 4 }, () => {
  let folder: TempFolder;
  before(async () => {
    folder = await createTempFolder();
    await writeFile(folder.join('client.sh'), shellScript, { mode: 0o755 });
    await writeFile(folder.join('client.py'), pythonScript);
    await writeFile(folder.join('plain.txt'), 'no program', { mode: 0o644 });
  });
  after(() => folder.remove());

  const judge = async (command: readonly string[]) => {
    const file = `${command.join('_').replaceAll(/[^a-z.]/g, '')}.json`;
    const args = ['lab', 'client', '--only', row, '--seed', '3', '--report', `json=${file}`, '--', ...command];
    const { exitCode, stdout, stderr } = await runTwinline(args, { cwd: folder.path, timeoutMs: 90_000 });
    return { exitCode, stdout: stdout.toString(), stderr, file: folder.join(file) };
  };

  for (const [what, command] of [
    ['a shell script here', ['./client.sh', ...places]],
    ['a Python script here', ['python3', 'client.py', ...places]],
  ] as const) {
    test(`finds its places filled in: ${what}`, async () => {
      const { exitCode, stdout, stderr, file } = await judge(command);
      assert.equal(exitCode, 0, stdout + stderr);
      const text = await readFile(file, 'utf8');
      assert.equal(parseReport(text).cases[0]?.verdict, 'PASS');
      assert.match(text, /PASS \*{8}/);
      const repeat = parseReport(text).cases[0]?.repeat ?? '';
      assert.match(repeat, / --only \S+ --seed 3 -- \S*(?:client\.sh|python3 client\.py) /);
      assert.doesNotMatch(text + stdout, /lab-password/);
    });
  }

  for (const [what, command, says] of [
    ['is missing', ['no-such-client', '{url}'], /There is no program no-such-client in the PATH\./],
    ['is missing here', ['./gone.sh', '{url}'], /There is no program \/\S+gone\.sh, or the interpreter/],
    ['is no program', ['./plain.txt', '{url}'], /plain\.txt may not be executed\. Make it executable with chmod \+x/],
    ['does nothing', ['true', '{url}'], /a plain download does not work: .*it never connected/],
  ] as const) {
    test(`that ${what} judges nobody and is told once`, async () => {
      const { exitCode, stdout, stderr, file } = await judge(command);
      assert.equal(exitCode, 70, stdout + stderr);
      assert.equal(parseReport(await readFile(file, 'utf8')).cases[0]?.verdict, 'INFRA');
      assert.equal(stdout, '');
      assert.match(stderr, says);
      assert.match(stderr, /^twinline: Nothing could be judged: [^\n]*\nCheck the command: .*\{cacert\}/);
    });
  }

  const judgeFor = (sanityPatienceMs: number, ...script: readonly string[]): Promise<LabReport> =>
    runClientLab({
      client: { name: 'sh', commands: { download: ['sh', '-c', ...script] } },
      cases: clientCases.filter((record) => record.row === row),
      seed: 3,
      parallel: 4,
      tool: 'test',
      repeat: 'again',
      sanityPatienceMs,
    });

  test('that never ends is ended with what it has started, and told of', async () => {
    const { sanity } = await judgeFor(1_000, 'sleep 600 & sleep 600; : {url}');
    assert.match(sanity.before.says, /a plain download does not work: still running after 1 s/);
  });

  test('that leaves a program behind is not waited for', async () => {
    const { sanity } = await judgeFor(14_000, 'sleep 600 & : {url}');
    assert.match(sanity.before.says, /a plain download does not work: exit code 0/);
  });

  test('that prints without end is ended, and told of', async () => {
    const { sanity } = await judgeFor(60_000, 'yes {url}');
    assert.match(sanity.before.says, /ended by the lab: it had printed more than 32 MiB/);
  });
});
