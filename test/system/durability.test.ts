/** 226 means on disk: shown by the order of the server's system calls, and by cutting the power of a real file system. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { createTempFolder, runCommand, seededBytes, startProcess, type TempFolder } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { readTrace, type SystemCall, tracedBy, tracingMissing } from '../fixtures/system-calls.ts';
import { runPowerCuts } from '../soak/crash.ts';
import { lossyDiskMissing } from '../soak/lossy-disk.ts';

const traced = ['fdatasync', 'fsync', 'rename', 'renameat', 'renameat2', 'write', 'writev', 'pwrite64', 'pwritev'];

/** Uploads one file after the other to a traced server and reads what it did. */
async function traceUploads(folder: TempFolder, durability: string, uploads: readonly string[][]) {
  const trace = folder.join('trace');
  const settings = ['--root', folder.path, '--user', 'user:pass', '--tls', 'off', '--durability', durability];
  const serve = [launcher, 'serve', '--listen', '127.0.0.1:0', '--log-format', 'json', ...settings];
  await using server = await startProcess('strace', [...tracedBy(trace, traced), process.execPath, ...serve], {
    cwd: folder.path,
    env: { ...cleanEnvironment, UV_USE_IO_URING: '0' },
  });
  const online = await server.waitForLine(/"port":(\d+)[^]*"event":"online"/, 30_000);
  for (const [file = '', name = '', ...options] of uploads) {
    const url = `ftp://127.0.0.1:${online[1]}/${name}`;
    const { exitCode, stderr } = await runCommand('curl', ['-sS', '-u', 'user:pass', ...options, '-T', file, url]);
    assert.equal(exitCode, 0, stderr);
  }
  await server.stop();
  return readTrace(trace);
}

interface UploadCalls {
  readonly rename: SystemCall;
  readonly reply: SystemCall;
  readonly writes: readonly SystemCall[];
  readonly fileSyncs: readonly SystemCall[];
  /** Syncs of the folder between the rename and the reply. */
  readonly folderSyncs: readonly SystemCall[];
}

/** The calls of the upload that went to `name`, its reply being the next 226 behind its rename. */
function callsOf(calls: readonly SystemCall[], folder: string, name: string): UploadCalls {
  const rename = calls.findLast((call) => call.name.startsWith('rename') && call.text.includes(`/${name}"`));
  assert.ok(rename !== undefined, `a rename to ${name}`);
  const [, hidden = ''] = /(\.twinline-up-[^"]+)"/.exec(rename.text) ?? [];
  const reply = calls.find(({ text, begin }) => text.includes('"226 Transfer OK') && begin > rename.end);
  assert.ok(reply !== undefined, `a 226 behind the rename to ${name}`);
  const onFile = calls.filter(({ text }) => text.includes(`${hidden}>`));
  const isBetween = (call: SystemCall): boolean => call.begin > rename.end && call.end < reply.begin;
  return {
    rename,
    reply,
    writes: onFile.filter((call) => call.name.startsWith('pwrite') || call.name.startsWith('write')),
    fileSyncs: onFile.filter((call) => call.name === 'fdatasync' || call.name === 'fsync'),
    folderSyncs: calls.filter((call) => call.name === 'fsync' && call.text.endsWith(`<${folder}>`) && isBetween(call)),
  };
}

const tracing = await tracingMissing();
const disk = await lossyDiskMissing();

describe('the order of an upload', { skip: tracing }, () => {
  test('is write, sync of the file, rename, sync of the folder, 226', async () => {
    await using folder = await createTempFolder();
    for (const [name, length] of [
      ['one', 1],
      ['many', 3_000_000],
      ['none', 0],
    ] as const) {
      await writeFile(folder.join(name), seededBytes(length, length));
    }
    const uploads = [
      [folder.join('many'), 'new.bin'],
      [folder.join('one'), 'new.bin'],
      [folder.join('one'), 'small.bin'],
      [folder.join('many'), 'small.bin', '--append'],
      [folder.join('none'), 'empty.bin'],
    ];
    const calls = await traceUploads(folder, 'fsync', uploads);
    assert.equal(calls.filter(({ text }) => text.includes('"226 Transfer OK')).length, uploads.length);
    for (const name of ['new.bin', 'small.bin', 'empty.bin']) {
      const { rename, writes, fileSyncs, folderSyncs } = callsOf(calls, folder.path, name);
      assert.equal(writes.length === 0, name === 'empty.bin', `${name}: ${writes.length} writes`);
      const lastWrite = Math.max(-1, ...writes.map(({ end }) => end));
      const proof = fileSyncs.filter(
        ({ begin, end, result }) => begin > lastWrite && end < rename.begin && result === 0,
      );
      assert.ok(proof.length > 0, `${name}: no sync between its last byte and its name`);
      assert.ok(
        folderSyncs.some(({ result }) => result === 0),
        `${name}: no sync of the folder between its name and 226`,
      );
    }
  });

  test('has no syncs where the operator asks for rename only', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('some'), seededBytes(100_000, 1));
    const calls = await traceUploads(folder, 'rename', [[folder.join('some'), 'new.bin']]);
    const { fileSyncs, folderSyncs } = callsOf(calls, folder.path, 'new.bin');
    assert.deepEqual([fileSyncs, folderSyncs], [[], []]);
  });
});

describe('a loss of power', { skip: disk }, () => {
  test('takes no file that was answered with 226, and leaves no cut one under a final name', async () => {
    const { complaints, ...report } = await runPowerCuts(4, 20_121_113, 'fsync');
    assert.deepEqual(complaints, []);
    assert.ok(report.answered226 >= 8 && report.interrupted >= 1, JSON.stringify(report));
  });

  test('does take such files where the operator asks for rename only, so that the cut is a real one', async () => {
    // A cut that comes before the first 226, as on a busy machine, takes nothing.
    const { complaints } = await runPowerCuts(3, 20_121_113, 'rename');
    assert.match(complaints.join('\n'), /answered with 226, and not whole/);
  });
});
