import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createTempFolder, within } from '../../peer/index.ts';
import { endStrays } from './stray-processes.ts';

const isLinux = process.platform === 'linux';

test(
  'what a client has left running in a session of its own is ended, and nobody else',
  { skip: !isLinux },
  async () => {
    await using folder = await createTempFolder();
    await using other = await createTempFolder();
    const start = async (home: string) => {
      const env = { ...process.env, HOME: home };
      const child = spawn(process.execPath, ['-e', 'console.log(1);setInterval(() => {}, 1e6)'], {
        detached: true,
        env,
      });
      await once(child.stdout, 'data');
      return child;
    };
    const [stray, stranger] = [await start(folder.path), await start(other.path)];
    const ended = once(stray, 'exit');
    try {
      assert.equal(await endStrays(folder.path), 1);
      const [, signal] = (await within(ended, 'the end of the stray')) as [number | null, string];
      assert.equal(signal, 'SIGKILL');
      assert.equal(stranger.exitCode ?? stranger.signalCode, null);
      assert.equal(await endStrays(folder.path), 0);
    } finally {
      stranger.kill('SIGKILL');
      stray.kill('SIGKILL');
    }
  },
);
