import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, startProcess } from '../peer/index.ts';
import { freePort, freePortRange, waitForPort } from './free-port.ts';

const node = process.execPath;

/** A zombie that nobody has buried yet runs no more. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo(); waitedMs += 20) {
    assert.ok(waitedMs < 10_000, 'it does not come about');
    await sleep(20);
  }
}

describe('child processes', () => {
  test('a command gives its output, its input and its exit code', async () => {
    const script = `process.stdin.on('data', (d) => process.stdout.write(d)); process.stderr.write('to err'); process.exitCode = 3`;
    const result = await runCommand(node, ['-e', script], { input: 'through', env: { EXTRA: '1' } });
    assert.equal(result.exitCode, 3);
    assert.equal(result.stdout.toString(), 'through');
    assert.equal(result.stderr, 'to err');
    assert.equal(result.timedOut, false);
  });

  test('a command that does not end is killed and the result says so', async () => {
    const result = await runCommand(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 300 });
    assert.equal(result.timedOut, true);
    assert.equal(result.signal, 'SIGKILL');
    assert.equal(result.exitCode, null);
  });

  test('a command with a group of its own takes along what it has started', async () => {
    const script = (end: string) => `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      console.log(child.pid);
      ${end}`;
    for (const end of ['child.unref(); process.exit(0)', 'setInterval(() => {}, 1000)']) {
      const result = await runCommand(node, ['-e', script(end)], { ownGroup: true, timeoutMs: 2_000 });
      assert.equal(result.timedOut, !end.includes('exit'));
      const pid = Number(result.stdout.toString());
      assert.ok(pid > 0, result.stderr);
      // Killed is soon gone: what adopts it buries it.
      await until(() => !isRunning(pid));
    }
  });

  test('a command is ended by a signal', async () => {
    const ending = new AbortController();
    const running = runCommand(node, ['-e', 'setInterval(() => {}, 1000)'], { ownGroup: true, signal: ending.signal });
    setImmediate(() => ending.abort());
    assert.equal((await running).signal, 'SIGKILL');
    assert.equal(
      (await runCommand(node, ['-e', 'setInterval(() => {}, 1000)'], { signal: ending.signal })).signal,
      'SIGKILL',
    );
  });

  test('a command that does not exist is an error', async () => {
    await assert.rejects(runCommand('no-such-program', [], { ownGroup: true }), { code: 'ENOENT' });
    await assert.rejects(runCommand('no-such-program', []), { code: 'ENOENT' });
    await assert.rejects(startProcess('no-such-program', []), { code: 'ENOENT' });
  });

  test('a running program is waited for by what it prints, and stopped', async () => {
    const script = `console.log('ready on ' + 42); setInterval(() => {}, 1000)`;
    await using running = await startProcess(node, ['-e', script]);
    const match = await running.waitForLine(/ready on (\d+)/);
    assert.equal(match[1], '42');
    await running.stop();
    assert.deepEqual(await running.exited, { exitCode: null, signal: 'SIGTERM' });
  });

  test('waiting for a line of a program that ends tells what it printed', async () => {
    await using running = await startProcess(node, ['-e', `console.error('port in use')`]);
    await assert.rejects(running.waitForLine(/ready/), /ended before.*\n.*port in use/s);
  });

  test('free ports can be listened on, and a range holds neighbours', async () => {
    const port = await freePort();
    const script = `require('node:net').createServer().listen(${port}, '127.0.0.1')`;
    await using running = await startProcess(node, ['-e', script]);
    await waitForPort(port);
    await assert.rejects(waitForPort(await freePort(), { timeoutMs: 100 }), /Nothing listens/);
    const range = await freePortRange(5);
    assert.equal(range.max - range.min, 4);
    await running.stop();
  });
});
