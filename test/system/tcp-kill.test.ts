/** `twinline kill` and `twinline conns` with real programs: curl downloads from vsftpd until the line is ended under it. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConnectionRecord, connectionsSchema, type KillMethodName } from '../../src/lab/index.ts';
import { type RunningProcess, startProcess } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { type Peer, vsftpd } from '../fixtures/peers/index.ts';
import { killMissing } from '../fixtures/raw-sockets.ts';
import { cleanEnvironment } from '../fixtures/serve-process.ts';

const skip = vsftpd.peerMissing() ?? (missingProgram('curl') || (await killMissing()));

/** Sparse, and more than any machine moves before the line is ended. */
const fileBytes = 200_000_000_000;

async function startServer(host: '127.0.0.1' | '::1'): Promise<Peer> {
  const server = await vsftpd.start({ host });
  await using file = await open(join(server.root, 'big'), 'w');
  await file.truncate(fileBytes);
  return server;
}

/** A download that runs. */
async function startCurl({ host, controlPort, user, password }: Peer): Promise<RunningProcess> {
  const name = host.includes(':') ? `[${host}]` : host;
  const words = ['-q', '-sS', '-v', '-k', '--ssl-reqd', '-o', '/dev/null', '-u', `${user}:${password}`];
  const curl = await startProcess('curl', [...words, `ftp://${name}:${controlPort}/big`], { env: cleanEnvironment });
  await curl.waitForLine(/^< 150 /m);
  return curl;
}

type Role = NonNullable<ConnectionRecord['ftp']>['role'];

/** The lines of a process as `conns` shows them, by their part in the session. */
async function linesOf(pid: number): Promise<Partial<Record<Role, ConnectionRecord>>> {
  const shown = await runTwinline('conns', '--json', '--ftp', '--process', String(pid));
  assert.equal(shown.exitCode, 0, shown.stderr);
  const { connections } = connectionsSchema.parse(JSON.parse(shown.stdout.toString()));
  return Object.fromEntries(connections.map((connection) => [connection.ftp?.role, connection]));
}

/** Both lines, once data move. */
async function pairOf(curl: RunningProcess) {
  for (;;) {
    const { control, data } = await linesOf(curl.pid);
    if (control !== undefined && (data?.details?.bytesReceived ?? 0) > 100_000 && data !== undefined) {
      assert.equal(data.ftp?.session, control.ftp?.session);
      return { control, data };
    }
    assert.ok(!/^curl: /m.test(curl.output.stderr), curl.output.stderr);
  }
}

const addressText = ({ host, port }: ConnectionRecord['local']): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** The processes of the server that hold the other end. */
async function serversOf({ local }: ConnectionRecord): Promise<readonly number[]> {
  const shown = await runTwinline('conns', '--json', '--port', String(local.port));
  const { connections } = connectionsSchema.parse(JSON.parse(shown.stdout.toString()));
  const far = connections.find(({ remote }) => remote.port === local.port) ?? assert.fail('no other end');
  return far.processes.map(({ pid }) => pid);
}

const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) process.kill(pid, signal);
};

/** What OpenSSL in curl says of the error that its socket gave. */
const curlSays: Readonly<Record<string, RegExp>> = {
  ECONNABORTED: /errno 103|Software caused connection abort/,
  ECONNRESET: /errno 104|Connection reset by peer/,
};

interface Case {
  readonly method: KillMethodName;
  /** `idle`: the server is stopped, and not a packet passes. */
  readonly traffic: 'live' | 'idle';
  readonly host: '127.0.0.1' | '::1';
  readonly error: string;
}

const cases: readonly Case[] = [
  { method: 'destroy', traffic: 'live', host: '127.0.0.1', error: 'ECONNABORTED' },
  { method: 'destroy', traffic: 'idle', host: '127.0.0.1', error: 'ECONNABORTED' },
  { method: 'forged-syn', traffic: 'live', host: '127.0.0.1', error: 'ECONNRESET' },
  { method: 'forged-syn', traffic: 'idle', host: '127.0.0.1', error: 'ECONNRESET' },
  { method: 'forged-syn', traffic: 'live', host: '::1', error: 'ECONNRESET' },
  { method: 'forged-syn', traffic: 'idle', host: '::1', error: 'ECONNRESET' },
  { method: 'sniff', traffic: 'live', host: '127.0.0.1', error: 'ECONNRESET' },
];

describe('a download of curl from vsftpd', { skip }, () => {
  const servers = new Map<string, Peer>();
  before(async () => {
    for (const host of ['127.0.0.1', '::1'] as const) servers.set(host, await startServer(host));
  });
  after(async () => {
    for (const server of servers.values()) await server.stop();
  });
  const serverOn = (host: string): Peer => servers.get(host) ?? assert.fail(host);

  for (const { method, traffic, host, error } of cases) {
    test(`is ended by ${method} on a line that is ${traffic} (${host}), and its neighbour goes on`, async () => {
      await using neighbour = await startCurl(serverOn(host));
      const untouched = await pairOf(neighbour);
      // It moves nothing meanwhile, so that the processor is free for the line in question.
      neighbour.signal('SIGSTOP');
      await using curl = await startCurl(serverOn(host));
      const { data } = await pairOf(curl);
      const stopped = traffic === 'idle' ? await serversOf(data) : [];
      signalAll(stopped, 'SIGSTOP');

      const killed = await runTwinline('kill', addressText(data.local), '--method', method, '--yes');
      const story = killed.stdout.toString();
      assert.equal(killed.exitCode, 0, story + killed.stderr);
      assert.match(story, /^found connection .*data line of FTP session \d+$/m);
      assert.match(story, new RegExp(`${data.local.port} will see ${error} `));
      assert.match(story, new RegExp(`${data.remote.port} will see ECONNRESET `));
      assert.match(story, /^success: /m);
      if (method === 'forged-syn') assert.match(story, packetStory(data, traffic === 'idle'));

      signalAll(stopped, 'SIGCONT');
      assert.equal((await curl.exited).exitCode, 56, curl.output.stderr);
      assert.match(curl.output.stderr, curlSays[error] ?? /never/);
      assert.equal((await linesOf(curl.pid)).data, undefined);
      const { control, data: still } = await linesOf(neighbour.pid);
      assert.deepEqual([still?.local, control?.local], [untouched.data.local, untouched.control.local]);
      neighbour.signal('SIGCONT');
    });
  }

  test('is left alone by sniff where no packet passes', async () => {
    await using curl = await startCurl(serverOn('127.0.0.1'));
    const { control, data } = await pairOf(curl);
    const killed = await runTwinline('kill', addressText(control.local), '--method', 'sniff', '--wait', '1', '-y');
    assert.equal(killed.exitCode, 69);
    assert.match(killed.stdout.toString(), /^no packet came: sniff needs traffic.*\nfailed: .* lives$/m);
    assert.deepEqual((await pairOf(curl)).data.local, data.local);
  });

  test('goes on where its idle control line is ended, and what is left is shown as that', async () => {
    await using curl = await startCurl(serverOn('127.0.0.1'));
    const { control, data } = await pairOf(curl);
    const ends = `${addressText(control.local)}-${addressText(control.remote)}`;
    const killed = await runTwinline('kill', ends, '--method', 'forged-syn', '--yes');
    assert.equal(killed.exitCode, 0, killed.stdout.toString());
    const left = await linesOf(curl.pid);
    assert.equal(left.control, undefined);
    assert.deepEqual(left.data?.local, data.local);
    const shown = (await runTwinline('conns', '--ftp', '--process', String(curl.pid))).stdout.toString();
    assert.match(shown, /^FTP session \d+, whose control line is not here$/m);
    assert.match(shown, /no control line between these hosts is left$/m);
  });
});

/** SYN, its answer, two resets with the numbers of the answer. */
function packetStory({ local, remote }: ConnectionRecord, isExact: boolean): RegExp {
  const [here, there] = [addressText(local), addressText(remote)].map((text) => text.replaceAll(/[[\]]/g, '\\$&'));
  const numbers = isExact ? ['(\\d+)', '(\\d+)', '\\2', '\\1'] : ['\\d+', '\\d+', '\\d+', '\\d+'];
  return new RegExp(
    [
      `^sent SYN seq \\d+ from ${there} to ${here}: .*`,
      `seen [A-Z,]*ACK seq ${numbers[0]} ack ${numbers[1]}.* from ${here} to ${there}: .*`,
      `sent RST seq ${numbers[2]} from ${there} to ${here}: .*`,
      `sent RST seq ${numbers[3]} from ${here} to ${there}: .*$`,
    ].join('\\n'),
    'm',
  );
}
