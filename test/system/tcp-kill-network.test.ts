/** `twinline kill` over real interfaces: from a host at the end of the line, and from the firewall that only passes it on. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { connectionsSchema, type ConnectionRecord, namespaceOf } from '../../src/lab/index.ts';
import { createTempFolder } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { killMissing } from '../fixtures/raw-sockets.ts';
import { serveIn, startTopology, topologyMissing } from '../fixtures/topologies.ts';

const skip = missingProgram('curl') || (await killMissing()) || (await topologyMissing());

const endText = ({ host, port }: ConnectionRecord['local']): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

describe('a download of curl between two hosts', { skip }, () => {
  for (const { from, url } of [
    { from: 'firewall', url: 'ftp://198.51.100.2/big' },
    { from: 'client', url: 'ftp://[2001:db8:2::2]/big' },
  ] as const) {
    test(`is ended by forged-syn from the ${from}, and both ends know it at once`, async () => {
      await using folder = await createTempFolder();
      await writeFile(folder.join('big'), '');
      await truncate(folder.join('big'), 200_000_000_000);
      await using topology = await startTopology('plain', `kill-${from}`);
      await using serve = await serveIn(topology, folder.path, '198.51.100.2');
      const words = ['curl', '-q', '-sS', '-v', '-k', '--ssl-reqd', '-u', 'anna:secret', '-o', '/dev/null', url];
      await using curl = await topology.start('client', words);
      await curl.waitForLine(/^< 150 /m);
      const shown = async () => {
        const netns = namespaceOf(topology.name, 'client');
        const run = await runTwinline('conns', '--json', '--process', String(curl.pid), '--netns', netns);
        return connectionsSchema.parse(JSON.parse(run.stdout.toString())).connections;
      };
      const before = await shown();
      const data = before.find(({ remote }) => remote.port !== 21) ?? assert.fail('no data line');
      assert.equal(before.length, 2);

      const ends = `${endText(data.local)}-${endText(data.remote)}`;
      const netns = namespaceOf(topology.name, from);
      const killed = await runTwinline('kill', ends, '--method', 'forged-syn', '--yes', '--netns', netns);
      assert.equal(killed.exitCode, 0, killed.stdout.toString() + killed.stderr);
      if (from === 'firewall') assert.match(killed.stdout.toString(), /^no socket here has this connection/m);
      assert.equal((await curl.exited).exitCode, 56, curl.output.stderr);
      assert.match(curl.output.stderr, /errno 104|Connection reset by peer/);
      // Of curl's own end the control line may tell before the data line does.
      await serve.waitForLine(/"event":"transfer".*"cause":"(?:data|control)-/);
      assert.deepEqual(await shown(), []);
    });
  }
});
