/** Three hosts on one machine: what `twinline topology` builds, and that nothing of it stays. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { listTopologies, takeDown } from '../../src/lab/index.ts';
import { createTempFolder, runCommand, startProcess } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { nameFor, serveIn, startTopology, topologyMissing } from '../fixtures/topologies.ts';

const skip = await topologyMissing();

/** `twinline topology ACTION …` for a topology of this test, in this process: all but exec, which prints by itself. */
async function topology(action: string, name: string, ...words: string[]) {
  const run = await runTwinline('topology', action, '--name', name, ...words);
  return { ...run, stdout: run.stdout.toString() };
}

async function isThere(name: string): Promise<boolean> {
  return (await listTopologies()).some((one) => one.name === name);
}

describe('twinline topology', { skip }, () => {
  test('builds hosts that reach one another, once, runs commands on them, and takes all of it away', async () => {
    const name = nameFor('life');
    try {
      const first = await topology('up', name);
      assert.equal(first.exitCode, 0, first.stderr);
      assert.match(first.stdout, /is up: plain, .*\n {2}client +192\.0\.2\.2 +2001:db8:1::2\n/);
      assert.match((await topology('up', name)).stdout, /was up already/);
      const command = ['client', '--', 'sh', '-c', 'ip -o address show eth0; exit 7'];
      const exec = await runCommand(process.execPath, [launcher, 'topology', 'exec', '--name', name, ...command]);
      assert.equal(exec.exitCode, 7);
      assert.match(exec.stdout.toString(), /192\.0\.2\.2\/24[^]*2001:db8:1::2\/64/);
      const missing = await topology('exec', name, 'client', '--', 'no-such-program');
      assert.equal(missing.exitCode, 127);
      assert.match(missing.stderr, /^twinline: There is no program no-such-program in the PATH\./);
      const noProgram = await topology('exec', name, 'client', '--', launcher.replace(/[^/]*$/, ''));
      assert.equal(noProgram.exitCode, 126);
      const status = await topology('status', name, '--json');
      assert.equal((JSON.parse(status.stdout) as { readonly profile: string }).profile, 'plain');
      assert.match((await topology('down', name)).stdout, /is down\.$/m);
      assert.match((await topology('down', name)).stdout, /There is no topology/);
      assert.equal(await isThere(name), false);
    } finally {
      await takeDown(name);
    }
  });

  test('ends what runs on the hosts when they are taken down, and lets no other profile in before', async () => {
    const name = nameFor('busy');
    try {
      await using host = await startTopology('plain', 'busy');
      const sleeper = await host.start('server', ['sleep', '600']);
      const refused = await topology('up', name, 'nat');
      assert.equal(refused.exitCode, 69);
      assert.match(refused.stderr, new RegExp(`processes run on its hosts \\(${sleeper.pid}\\)`));
      const down = await topology('down', name);
      assert.match(down.stdout, /is down; 1 process on its hosts ended\./);
      assert.equal((await sleeper.exited).signal, 'SIGTERM');
    } finally {
      await takeDown(name);
    }
  });

  test('mends what a killed run has left, half built or with a command on a host', async () => {
    const name = nameFor('killed');
    try {
      // Killed in the middle of up: some of the hosts are there, nothing says that they are whole.
      await runCommand('ip', ['netns', 'add', `twinline-${name}-client`]);
      await runCommand('ip', ['netns', 'add', `twinline-${name}-firewall`]);
      assert.match((await topology('status', name)).stdout, /not whole \(client, firewall\)/);
      assert.match((await topology('up', name)).stdout, /is up; what an interrupted run had left was removed first/);
      // Killed while a command runs: the command goes on without it, until down finds it by its namespace.
      const words = [launcher, 'topology', 'exec', '--name', name, 'client', '--', 'sleep', '600'];
      await using runner = await startProcess(process.execPath, words, { env: cleanEnvironment });
      const seen = async () => (await topology('status', name, '--json')).stdout;
      while (!/"client":\[\d+\]/.test(await seen())) assert.equal(runner.output.stderr, '');
      runner.signal('SIGKILL');
      // Its streams stay open: the command holds them.
      while (existsSync(`/proc/${runner.pid}`)) await seen();
      assert.match(await seen(), /"client":\[\d+\]/);
      assert.match((await topology('down', name)).stdout, /is down; 1 process on its hosts ended\./);
      assert.equal(await isThere(name), false);
    } finally {
      await takeDown(name);
    }
  });

  test('says what to write instead of profiles, hosts and names that there are not', async () => {
    for (const [words, problem] of [
      [['up', 'planar'], /There is no profile "planar": use plain, nat, /],
      [['up', '--name', 'My Net'], /cannot be called "My Net"/],
      [['exec', 'router', '--', 'ls'], /"router" is no host: use client, firewall, server/],
      [['exec', 'client'], /Put the command behind --/],
      [['exec', '--name', nameFor('none'), 'client', '--', 'ls'], /is not up: twinline topology up --name/],
      [['up', '--control-port', '0'], /control ports/],
      [['up', 'forget-silent', '--after', 'soon'], /--after takes a whole number/],
    ] as const) {
      const { exitCode, stderr } = await runTwinline('topology', ...words);
      assert.notEqual(exitCode, 0);
      assert.match(stderr, problem);
    }
  });

  test('carries a transfer through a firewall that is no firewall, over both families', async () => {
    await using folder = await createTempFolder();
    await using net = await startTopology('plain');
    await writeFile(folder.join('hello.txt'), 'hello\n');
    await using _serve = await serveIn(net, folder.path, '198.51.100.2');
    for (const host of ['198.51.100.2', '[2001:db8:2::2]']) {
      const url = `ftpes://anna:secret@${host}/hello.txt`;
      const got = await net.twinline('client', folder.path, 'get', '--insecure', url, '-o', 'got.txt');
      assert.equal(got.exitCode, 0, got.stderr);
      assert.equal(await readFile(folder.join('got.txt'), 'utf8'), 'hello\n');
    }
  });
});

const unshare = ['--user', '--map-root-user', '--net', '--mount'];
const noOwnRoot = skip || missingProgram('unshare') || ownRootMissing();

function ownRootMissing(): string | false {
  return spawnSync('unshare', [...unshare, 'true']).status === 0 ? false : 'users may not make namespaces here';
}

test(
  "a root of one's own builds hosts and plays a note across them, as the page on it says",
  { skip: noOwnRoot },
  async () => {
    const line = 'mount -t tmpfs tmpfs /run && exec "$0" "$1" lab note control-loss --topology forget-silent';
    const words = [...unshare, 'sh', '-c', line, process.execPath, launcher];
    const { exitCode, stdout, stderr } = await runCommand('unshare', words, {
      env: cleanEnvironment,
      timeoutMs: 90_000,
    });
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stdout.toString(),
      /^When the control line is lost, .* stops at once in the download and in the upload\.$/m,
    );
  },
);

test('topology refuses without root, with the reason and what helps', { skip: process.getuid?.() !== 0 }, async () => {
  const program =
    "import { requirePrivilege } from './src/lab/topology/index.ts'; process.seteuid(65534); requirePrivilege();";
  const { stderr, exitCode } = await runCommand(process.execPath, ['--input-type=module', '-e', program]);
  assert.notEqual(exitCode, 0);
  assert.match(stderr, /made by root: use sudo, .*twinline lab note.* and "twinline proxy"/);
});
