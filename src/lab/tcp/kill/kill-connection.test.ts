import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { killMissing } from '../../../../test/fixtures/raw-sockets.ts';
import { readConnections } from '../table/connections.ts';
import { killConnection } from './kill-connection.ts';
import { parseKillPattern } from './kill-pattern.ts';
import { type KillTarget, targetsOf } from './kill-target.ts';
import { chooseMethod, type KillMethodName, killMethods } from './methods.ts';
import { predict } from './predict.ts';

const skip = await killMissing();

/** Two connections to one server; what the first sees is asked for, and the second must not notice. */
async function twoLines(host: string) {
  const accepted: Socket[] = [];
  const server = createServer((socket) => void accepted.push(socket.resume()));
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<readonly [Socket, Socket]> => {
    const client = connect(port, host);
    await Promise.all([once(client, 'connect'), once(server, 'connection')]);
    return [client.resume(), accepted.at(-1) ?? assert.fail('not accepted')];
  };
  const [meant, other] = [await open(), await open()];
  const end = (): void => {
    for (const socket of [...meant, ...other]) socket.destroy();
    server.close();
  };
  return { meant, other, [Symbol.dispose]: end };
}

/** By both ends: a port alone may be that of another connection on this machine too. */
function targetOf({ localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 }: Socket): KillTarget {
  const [local, remote] = [
    { host: localAddress, port: localPort },
    { host: remoteAddress, port: remotePort },
  ];
  const [target] = targetsOf(readConnections().connections, { kind: 'pair', local, remote });
  assert.ok(target?.near.here !== undefined && target.far.here !== undefined);
  return target;
}

const errorOf = async (socket: Socket): Promise<string | undefined> =>
  ((await once(socket, 'error')) as [NodeJS.ErrnoException])[0].code;

describe('the end of a connection', { skip }, () => {
  for (const [name, host] of [
    ['destroy', '127.0.0.1'],
    ['destroy', '::1'],
    ['forged-syn', '127.0.0.1'],
    ['forged-syn', '::1'],
    ['sniff', '127.0.0.1'],
  ] as const satisfies readonly (readonly [KillMethodName, string])[]) {
    test(`is by ${name} on ${host} what was foretold for both ends, and another connection does not notice`, async () => {
      using lines = await twoLines(host);
      const [client, server] = lines.meant;
      const target = targetOf(client);
      const seen = Promise.all([errorOf(client), errorOf(server)]);
      const killing = killConnection(target, chooseMethod(name, target));
      // Nothing passes on an idle line, and sniff needs a packet.
      const talk = name === 'sniff' ? setInterval(() => client.writable && client.write('x'), 20) : undefined;
      assert.equal(await killing, true);
      clearInterval(talk);
      assert.deepEqual(
        await seen,
        predict(name, target).map(({ error }) => error),
      );
      const [otherClient, otherServer] = lines.other;
      const echoed = once(otherServer, 'data');
      otherClient.write('still here');
      assert.equal(String((await echoed)[0]), 'still here');
    });
  }
});

test(
  'where the kernel cannot abort sockets, auto takes the next method, and destroy by its name stays destroy',
  { skip },
  async () => {
    using lines = await twoLines('127.0.0.1');
    const target = targetOf(lines.meant[0]);
    assert.equal(chooseMethod('auto', target).name, 'destroy');
    const without = killMethods.map((method) => ({ ...method, isSupported: () => method.name !== 'destroy' }));
    assert.equal(chooseMethod('auto', target, without).name, 'forged-syn');
    assert.equal(chooseMethod('destroy', target, without).name, 'destroy');
  },
);

describe('what kill is told to end', () => {
  test('is an end or a pair of ends', () => {
    assert.deepEqual(parseKillPattern(':21'), { kind: 'end', end: { host: undefined, port: 21 } });
    assert.deepEqual(parseKillPattern('[::ffff:10.0.0.1]:21'), { kind: 'end', end: { host: '10.0.0.1', port: 21 } });
    assert.deepEqual(parseKillPattern('10.0.0.1:2-[::ffff:10.0.0.2]:3'), {
      kind: 'pair',
      local: { host: '10.0.0.1', port: 2 },
      remote: { host: '10.0.0.2', port: 3 },
    });
  });

  test('is refused where it is anything else', () => {
    for (const text of [
      '',
      '21',
      'host:21',
      '::1:21',
      '10.0.0.1:0',
      '10.0.0.1:65536',
      ':21-:22',
      '10.0.0.1:1-[::1]:2',
    ]) {
      assert.equal(parseKillPattern(text), undefined, text);
    }
    assert.equal(parseKillPattern('10.0.0.1:1-10.0.0.2:2-10.0.0.3:3'), undefined);
  });
});
