/** An upload whose every byte was sent but whose line was lost: the server keeps it aside, and that it has the size proves nothing. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { createTempFolder, freePortRange, seededBytes } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { FaultRelay, type FaultPlan, type LineFault } from '../fixtures/fault-relay.ts';
import { startServer } from '../fixtures/start-server.ts';

/** The control line ends when the client has sent the last byte, before the server has it. */
const beforeTheEnd: LineFault = {
  kind: 'fin',
  direction: 'up',
  offset: 0,
  counts: 'data-end',
  side: 'both',
  releaseMs: undefined,
  lastBytes: undefined,
};

function once(fault: LineFault): FaultPlan {
  let left = 1;
  return { faultFor: (channel) => (channel === 'control' && left-- > 0 ? fault : undefined) };
}

describe('an upload that is kept aside with all its bytes', () => {
  for (const size of [200_000, 1_500_000]) {
    for (const words of [
      ['--retry', '2'],
      ['--retry', '0'],
    ]) {
      test(`of ${size} bytes gets its name by ${words.join(' ')}${words[1] === '0' ? ' and --resume' : ''}`, async () => {
        const dataPorts = await freePortRange(8);
        await using server = await startServer({ files: 'disk', tls: 'optional', passivePorts: dataPorts });
        await using relay = await FaultRelay.start('127.0.2.1', {
          host: '127.0.0.1',
          controlPorts: [server.port],
          dataPorts,
        });
        await using folder = await createTempFolder();
        const bytes = seededBytes(size, size);
        await writeFile(folder.join('f'), bytes);
        relay.follow(once(beforeTheEnd));
        const call = ['put', folder.join('f'), `ftp://127.0.2.1:${server.port}/f`, '-u', 'user:pass'];
        const first = await runTwinline(...call, ...words);
        assert.equal(relay.fired.length, 1);
        if (words[1] === '0') {
          assert.equal(first.exitCode, 75, first.stderr);
          const second = await runTwinline(...call, '--resume');
          assert.equal(second.exitCode, 0, second.stderr);
        } else assert.equal(first.exitCode, 0, first.stderr);
        assert.ok((await server.read('/f'))?.equals(bytes), first.stderr);
      });
    }
  }
});
