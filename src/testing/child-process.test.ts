import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { runCommand, startProcess } from '../peer/index.ts';
import { freePort, freePortRange, waitForPort } from './free-port.ts';

const node = process.execPath;

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

  test('a command that does not exist is an error', async () => {
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
