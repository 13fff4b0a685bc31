/** What else happens on the machine while a topology is built or removed: another one who does the same, and names that mislead. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { bringUp, findTopology, namespaceOf, takeDown } from '../../src/lab/index.ts';
import { runCommand } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { nameFor, planFor, topologyMissing } from '../fixtures/topologies.ts';

const skip = await topologyMissing();

describe('a topology', { skip }, () => {
  test('that several build at once is built by one, and found by the others', async () => {
    const name = nameFor('rivals');
    try {
      const outcomes = await Promise.all([1, 2, 3].map(() => bringUp(name, planFor('plain'))));
      assert.deepEqual(outcomes.toSorted(), ['built', 'up-already', 'up-already']);
      assert.ok((await findTopology(name))?.plan !== undefined);
      const removed = await Promise.all([takeDown(name), takeDown(name)]);
      assert.deepEqual(
        removed.map(({ hosts }) => hosts).toSorted((one, other) => one - other),
        [0, 3],
      );
    } finally {
      await takeDown(name);
    }
  });

  test('whose name was given to the network of this machine, beside another name, is not taken down with all that runs', async () => {
    const name = nameFor('alias');
    // In namespaces of its own, whose processes nobody outside would miss.
    const script = [
      'mount -t tmpfs none /run',
      'ip netns attach other $$',
      `ip netns attach ${namespaceOf(name, 'client')} $$`,
      `"$0" "$1" topology down --name ${name}`,
      'echo "exit code $?, and still here"',
    ].join('\n');
    const words = [
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--mount-proc',
      'sh',
      '-c',
      script,
      process.execPath,
      launcher,
    ];
    if (spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', '--mount-proc', 'true']).status !== 0) return;
    const told = await runCommand('unshare', words, { env: cleanEnvironment, timeoutMs: 30_000 });
    assert.match(told.stdout.toString(), /exit code 69, and still here/, told.stderr);
    assert.match(told.stderr, /is a name of the network of this machine itself/);
  });
});
