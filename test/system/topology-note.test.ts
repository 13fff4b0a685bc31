/** The field notes on two hosts with a firewall between them: lines cut from the middle and from an end, and every packet kept. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { listTopologies, type NoteReport, takeDown } from '../../src/lab/index.ts';
import { createTempFolder, runCommand, startProcess } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { pcapngBlocks, pcapngBlocksOf } from '../fixtures/pcapng.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { topologyMissing } from '../fixtures/topologies.ts';

const skip = await topologyMissing();

/** Runs a note to its end, in a process that root can move to another host. */
async function play(...words: string[]) {
  await using folder = await createTempFolder();
  const all = ['lab', 'note', ...words, '--report', `json=${folder.join('note.json')}`];
  const env = cleanEnvironment;
  const { exitCode, stderr } = await runCommand(process.execPath, [launcher, ...all], { env, timeoutMs: 90_000 });
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(await readFile(folder.join('note.json'), 'utf8')) as NoteReport;
}

const verdictsOf = ({ parts }: NoteReport): string[] =>
  parts.map(({ verdicts }) => verdicts.map(({ end, verdict }) => `${end} ${verdict}`).join(', '));
const both = 'server PASS, client PASS';

describe('a note across a topology', { skip }, () => {
  test('tells of a line that the firewall resets, with each packet and the keys to read them', async () => {
    await using folder = await createTempFolder();
    const pcap = folder.join('note.pcapng');
    const report = await play('control-loss', '--topology', 'nat', '--pcap', pcap);
    assert.deepEqual(verdictsOf(report), [both, both]);
    for (const { packets = [], lines, timeline } of report.parts) {
      const told = packets.join('\n');
      assert.match(told, /control line: SYN seq \d+ from 10\.0\.1\.2:\d+ to 198\.51\.100\.2:21$/m);
      assert.match(told, /the firewall sends RST,ACK seq \d+ ack \d+ from 198\.51\.100\.2:21 to 10\.0\.1\.2:\d+$/m);
      assert.match(told, /the firewall sends RST,ACK seq \d+ ack \d+ from 10\.0\.1\.2:\d+ to 198\.51\.100\.2:21$/m);
      assert.ok(lines.filter(({ line }) => line === 'control').every(({ how }) => how === 'cut'));
      assert.ok(lines.some(({ line, how }) => line === 'data' && how !== 'never'));
      assert.ok(timeline.some(({ column, text }) => column === 'server' && text.includes('> 426 Connection closed')));
    }
    const file = await readFile(pcap);
    // Section, interface, secrets, packets: the secrets come before what they open.
    const { section, interface: device, secrets, packet } = pcapngBlocks;
    const types = new Set(pcapngBlocksOf(file).map(({ type }) => type));
    assert.deepEqual([...types], [section, device, secrets, packet]);
    const keys = await readFile(`${pcap}.keys`, 'utf8');
    assert.match(keys, /^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} /m);
    assert.ok(file.includes(keys));
  });

  test(
    'tells of a line that is destroyed in the kernel of the server, with curl',
    { skip: missingProgram('curl') },
    async () => {
      const report = await play('control-loss', '--topology', 'plain', '--cut-from', 'server', '--preset', 'curl');
      assert.deepEqual(verdictsOf(report), [both, both]);
      const told = report.parts[0]?.packets?.join('\n') ?? '';
      assert.match(
        told,
        /the kernel of the server destroys its socket\n.*control line: RST,ACK .* from 198\.51\.100\.2:21/,
      );
    },
  );

  test('tells of EPSV across NAT in front of the server', async () => {
    const report = await play('epsv', '--topology', 'private-address');
    assert.match(report.answer, /^Yes: .* and does the same over IPv6/);
    const told = report.parts[0]?.packets?.join('\n') ?? '';
    assert.match(told, /data line: SYN seq \d+ from 192\.0\.2\.2:\d+ to 192\.0\.2\.1:500\d\d$/m);
  });

  test('leaves hosts behind when it is killed, which down takes away with all that runs on them', async () => {
    const words = [launcher, 'lab', 'note', 'control-loss', '--topology', 'plain'];
    const note = await startProcess(process.execPath, words, { env: cleanEnvironment });
    const name = `note-${note.pid}`;
    const whole = async () => (await listTopologies()).some((one) => one.name === name && one.plan !== undefined);
    try {
      while (!(await whole())) assert.doesNotMatch(note.output.stderr, /^twinline: /m);
      note.signal('SIGKILL');
      const { stdout } = await runTwinline('topology', 'down', '--name', name);
      assert.match(stdout.toString(), /is down/);
    } finally {
      note.signal('SIGKILL');
      await takeDown(name);
    }
    assert.ok(!(await listTopologies()).some((one) => one.name === name));
  });
});

test('a note says what goes with a topology and what does not', async () => {
  for (const [words, problem] of [
    [['--pcap', 'x'], /--pcap is for notes across a topology/],
    [['--topology', 'flat'], /There is no profile "flat"/],
    [['--topology', 'plain', '--server', 'ftpes://127.0.0.1/'], /has its own server/],
    [['--topology', 'plain', '--kind', 'fin'], /leave out --kind fin/],
    [['--topology', 'plain', '--cut-from', 'router'], /--cut-from takes client, firewall, server/],
  ] as const) {
    const { exitCode, stderr } = await runTwinline('lab', 'note', 'control-loss', ...words);
    assert.equal(exitCode, 64);
    assert.match(stderr, problem);
  }
});
