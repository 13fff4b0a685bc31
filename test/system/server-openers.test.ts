/** EPSV, PASV, EPRT and PORT: the whole table of replies, on IPv4, IPv6 and a listener of both, and who may use the port. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { freePortRange, type ScriptedClient, WatchedLine, within } from '../../src/testing/index.ts';
import { startServer, type TestServer, type TestServerOptions } from '../fixtures/start-server.ts';

interface Way {
  readonly name: string;
  /** Address that the server listens on. */
  readonly listen: string;
  /** Address that the client connects to. */
  readonly host: string;
  readonly family: 1 | 2;
}

const ways: readonly Way[] = [
  { name: 'IPv4', listen: '127.0.0.1', host: '127.0.0.1', family: 1 },
  { name: 'IPv6', listen: '::1', host: '::1', family: 2 },
  { name: 'IPv4 on a listener of both', listen: '::', host: '127.0.0.1', family: 1 },
  { name: 'IPv6 on a listener of both', listen: '::', host: '::1', family: 2 },
];

const plainServer = (way: Way, more: TestServerOptions = {}): Promise<TestServer> =>
  startServer({ tls: 'optional', host: way.listen, ...more });

function plainSession(server: TestServer, way: Way): Promise<ScriptedClient> {
  return server.session({ protection: 'plain', host: way.host });
}

/** The table of `EPSV`, `PASV`, `EPRT` and `PORT`: command and reply for a control line of this family. */
function tableOf({ family, host }: Way): readonly (readonly [string, RegExp])[] {
  const other = family === 1 ? 2 : 1;
  const wrongFamily = new RegExp(`^522 Network protocol not supported, use \\(${family}\\)$`);
  const elsewhere = family === 1 ? '127.0.0.2' : '::2';
  const inOtherFamily = family === 1 ? '|2|::1|50000|' : '|1|127.0.0.1|50000|';
  const entering = /^229 Entering Extended Passive Mode \(\|\|\|\d+\|\)$/;
  return [
    ['EPSV', entering],
    [`EPSV ${family}`, entering],
    [`EPSV ${other}`, wrongFamily],
    ['EPSV 3', wrongFamily],
    ['EPSV 0', wrongFamily],
    ['EPSV 99', wrongFamily],
    ['EPSV x', /^501 /],
    ['EPSV 1 2', /^501 /],
    ['EPSV ALL 1', /^501 /],
    ['EPSV -1', /^501 /],
    ['EPSV |||50000|', /^501 /],
    ['PASV', family === 1 ? /^227 Entering Passive Mode \(127,0,0,1,\d+,\d+\)$/ : /^425 .*EPSV/],
    ['PASV x', /^501 /],
    [`EPRT ${inOtherFamily}`, wrongFamily],
    ['EPRT |3|whatever|50000|', wrongFamily],
    ['EPRT |0|127.0.0.1|50000|', wrongFamily],
    ['epsv', entering],
    [`Epsv ${family}`, entering],
    // An IPv4 address in the clothes of IPv6 is no way around the check of the peer.
    ...(family === 2 ? [['EPRT |2|::ffff:127.0.0.1|50000|', /^504 /] as const] : []),
    [`EPRT |${family}|${host}|50000|`, /^200 /],
    [`EPRT !${family}!${host}!50000!`, /^200 /],
    [`EPRT |${family}|${elsewhere}|50000|`, /^504 /],
    [`EPRT |${family}|${host}|1023|`, /^504 /],
    [`EPRT |${family}|${host}|25|`, /^504 /],
    ...['', '|', '||||', `|${family}|${host}|50000`, `|${family}|${host}|0|`, `|${family}|${host}|65536|`].map(
      (argument) => [`EPRT ${argument}`.trimEnd(), /^501 /] as const,
    ),
    ...[`|${family}|localhost|50000|`, `|${family}|${host}|50000|x`, `|${family}|${host}|-5|`, `|x|${host}|50000|`].map(
      (argument) => [`EPRT ${argument}`, /^501 /] as const,
    ),
    ['PORT 127,0,0,1,200,10', family === 1 ? /^200 / : /^504 .*EPRT/],
    ['PORT 127,0,0,2,200,10', /^504 /],
    ['PORT 10,1,2,3,200,10', /^504 /],
    ['PORT 127,0,0,1,3,255', /^504 /],
    ['PORT 127,0,0,1,0,25', /^504 /],
    ...['', '127,0,0,1', '127,0,0,1,200', '127,0,0,256,200,10', '127,0,0,1,256,1', '1,2,3,4,5,6,7', 'a,b,c,d,e,f'].map(
      (argument) => [`PORT ${argument}`.trimEnd(), /^501 /] as const,
    ),
    ['PORT -127,0,0,1,200,10', /^501 /],
  ];
}

/** A listening socket of the client for active data, and the first line that comes to it. */
async function listenAt(host: string): Promise<{ server: Server; port: number; line: Promise<WatchedLine> }> {
  const server = createServer({ allowHalfOpen: true });
  const line = once(server, 'connection').then(([socket]) => new WatchedLine(socket as Socket));
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' ? (address?.port ?? 0) : 0, line };
}

for (const way of ways) {
  describe(`openers of data connections: ${way.name}`, () => {
    test('the table of replies', async () => {
      await using server = await plainServer(way);
      await using client = await plainSession(server, way);
      for (const [command, reply] of tableOf(way)) assert.match(await client.command(command), reply, command);
    });

    test('a file comes over EPSV, on the address of the control line', async () => {
      await using server = await plainServer(way);
      await server.write('/a', Buffer.from('0123456789'));
      await using client = await plainSession(server, way);
      const line = await client.openPassive();
      await client.expect(150, 'RETR a');
      assert.equal((await line.readToEnd()).toString(), '0123456789');
      line.fin();
      await client.readReply();
      const { dataAddress, dataPeer } = (await server.event('transfer')).transfer;
      assert.ok(dataAddress?.startsWith(`${way.host}:`), dataAddress);
      assert.ok(dataPeer?.includes(way.host), dataPeer);
    });

    test('a file comes over EPRT, from the address of the control line', async () => {
      await using server = await plainServer(way);
      await server.write('/a', Buffer.from('0123456789'));
      await using client = await plainSession(server, way);
      const listener = await listenAt(way.host);
      await client.expect(200, `EPRT |${way.family}|${way.host}|${listener.port}|`);
      await client.expect(150, 'RETR a');
      const line = await listener.line;
      listener.server.close();
      assert.ok(line.raw.remoteAddress?.endsWith(way.host), line.raw.remoteAddress);
      assert.equal((await line.readToEnd()).toString(), '0123456789');
      line.fin();
      assert.match(await client.readReply(), /^226 /);
    });

    test('after EPSV ALL nothing but EPSV opens, also after failed transfers, ABOR, AUTH and a new login', async () => {
      await using server = await plainServer(way);
      await server.write('/a', Buffer.from('0123456789'));
      await using client = await plainSession(server, way);
      assert.match(await client.command('EPSV ALL'), /^200 /);
      const closed = ['PASV', `EPRT |${way.family}|${way.host}|50000|`, 'PORT 127,0,0,1,200,10', 'EPRT x', 'PORT x'];
      const check = async (when: string): Promise<void> => {
        for (const command of closed) assert.match(await client.command(command), /^503 /, `${command} ${when}`);
        assert.match(await client.command('EPSV'), /^229 /, when);
      };
      await check('at once');
      assert.match(await client.command('RETR nothing'), /^550 /);
      await check('after a failed transfer');
      const line = await client.openPassive();
      await client.expect(150, 'RETR a');
      assert.equal((await line.readToEnd()).toString(), '0123456789');
      line.fin();
      assert.match(await client.readReply(), /^226 /);
      await check('after a transfer');
      await client.expect(226, 'ABOR');
      await check('after ABOR');
      await client.command('REIN');
      await client.login('user', 'pass');
      await check('after REIN and a login');
      await client.expect(200, 'EPSV ALL');
      await client.authTls();
      await client.login('user', 'pass');
      await check('after AUTH');
    });
  });
}

/** A link-local address of this machine with its zone, where it has one. */
const linkLocal = Object.entries(networkInterfaces())
  .flatMap(([name, addresses]) => (addresses ?? []).map(({ address }) => `${address}%${name}`))
  .find((address) => address.startsWith('fe80:'));

describe('a link-local control line', { skip: linkLocal === undefined ? 'no link-local address' : false }, () => {
  const host = linkLocal ?? '';
  const way: Way = { name: 'link-local', listen: '::', host, family: 2 };

  test('has its data lines in its own zone, passive and active', async () => {
    await using server = await plainServer(way);
    await server.write('/a', Buffer.from('0123456789'));
    await using client = await plainSession(server, way);
    const passive = await client.openPassive();
    await client.expect(150, 'RETR a');
    assert.equal((await passive.readToEnd()).toString(), '0123456789');
    passive.fin();
    assert.match(await client.readReply(), /^226 /);
    const listener = await listenAt(host);
    await client.expect(200, `EPRT |2|${host.replace(/%.*/, '')}|${listener.port}|`);
    await client.expect(150, 'RETR a');
    const active = await listener.line;
    listener.server.close();
    assert.equal((await active.readToEnd()).toString(), '0123456789');
    active.fin();
    assert.match(await client.readReply(), /^226 /);
  });
});

describe('the passive port', () => {
  const ipv4 = ways[0] as Way;

  test('PASV announces the address that is set, and the port is at the control line', async () => {
    await using server = await plainServer(ipv4, { passiveHost: '192.0.2.77' });
    await using client = await plainSession(server, ipv4);
    const reply = await client.command('PASV');
    const [, high = '', low = ''] = /^227 .*\(192,0,2,77,(\d+),(\d+)\)$/.exec(reply) ?? assert.fail(reply);
    const line = await client.connectData(Number(high) * 256 + Number(low));
    await client.expect(150, 'NLST');
    assert.equal((await line.readToEnd()).length, 0);
  });

  test('PASV announces what is set for the network of the client, and the address of a name', async () => {
    await using server = await plainServer(ipv4, {
      passiveHost: [
        { clients: '10.0.0.0/8', host: '192.0.2.1' },
        { clients: '127.0.0.0/8', host: 'localhost' },
      ],
    });
    await using client = await plainSession(server, ipv4);
    assert.match(await client.command('PASV'), /^227 .*\(127,0,0,1,\d+,\d+\)$/);
  });

  test('is closed by use, by the next opener and by the end of the session; one is pending at a time', async () => {
    await using server = await plainServer(ipv4);
    await using client = await plainSession(server, ipv4);
    const portOf = (reply: string): number => Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]);
    const refused = async (port: number): Promise<void> => assert.rejects(client.connectData(port), /ECONNREFUSED/);

    const first = portOf(await client.expect(229, 'EPSV'));
    const second = portOf(await client.expect(229, 'EPSV'));
    await refused(first);
    await client.expect(227, 'PASV');
    await refused(second);
    const third = portOf(await client.expect(229, 'EPSV'));
    await client.expect(200, 'PORT 127,0,0,1,200,10');
    await refused(third);
    const fourth = portOf(await client.expect(229, 'EPSV'));
    const line = await client.connectData(fourth);
    await client.expect(150, 'NLST');
    await refused(fourth);
    line.fin();
    await client.readReply();
    const fifth = portOf(await client.expect(229, 'EPSV'));
    assert.equal(server.server.counts().listener, 3);
    await client.expect(221, 'QUIT');
    await refused(fifth);
  });

  test('an opener resets a data connection that no transfer has used', async () => {
    await using server = await plainServer(ipv4);
    await using client = await plainSession(server, ipv4);
    const line = await client.openPassive();
    await client.expect(229, 'EPSV');
    assert.equal((await line.ended).how, 'reset');
  });

  test('a connection from another address is dropped and does not use up the port', async () => {
    await using server = await plainServer(ipv4);
    await server.write('/a', Buffer.from('0123456789'));
    await using client = await plainSession(server, ipv4);
    const port = Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
    for (let i = 0; i < 3; i += 1) {
      const thief = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2', allowHalfOpen: true });
      const stolen = new WatchedLine(thief);
      assert.equal((await stolen.ended).how, 'reset');
      assert.equal(stolen.receivedBytes, 0);
    }
    assert.equal((await server.event('data-peer-refused')).from, '127.0.0.2');
    const line = await client.connectData(port);
    await client.expect(150, 'RETR a');
    assert.equal((await line.readToEnd()).toString(), '0123456789');
    line.fin();
    assert.match(await client.readReply(), /^226 /);
  });

  test('EPRT and PORT that are refused send no packet', async () => {
    await using server = await plainServer(ipv4);
    await server.write('/a', Buffer.from('0123456789'));
    await using client = await plainSession(server, ipv4);
    const victim = await listenAt('127.0.0.2');
    const [high, low] = [victim.port >> 8, victim.port & 255];
    await client.expect(504, `EPRT |1|127.0.0.2|${victim.port}|`);
    await client.expect(504, `PORT 127,0,0,2,${high},${low}`);
    assert.match(await client.command('RETR a'), /^425 /);
    const nobody = Promise.race([
      victim.line.then(() => 'came'),
      new Promise((resolve) => setImmediate(resolve, 'none')),
    ]);
    assert.equal(await within(nobody, 'a look at the victim'), 'none');
    victim.server.close();
  });

  test('a used-up range answers 425 that names it, and a port that is free again is found', async () => {
    const range = await freePortRange(2);
    await using server = await plainServer(ipv4, { passivePorts: range });
    await using first = await plainSession(server, ipv4);
    await using second = await plainSession(server, ipv4);
    await using third = await plainSession(server, ipv4);
    const ports = [await first.expect(229, 'EPSV'), await second.expect(229, 'EPSV')].map((reply) =>
      Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]),
    );
    assert.deepEqual(new Set(ports), new Set([range.min, range.max]));
    const named = new RegExp(`^425 .*${range.min}-${range.max}`);
    assert.match(await third.command('EPSV'), named);
    assert.match(await third.command('PASV'), named);
    await first.expect(221, 'QUIT');
    assert.match(await third.command('EPSV'), /^229 /);
  });

  test('transfers without an opener get 425 that says what to do', async () => {
    await using server = await plainServer(ipv4);
    await using client = await plainSession(server, ipv4);
    for (const command of ['RETR a', 'STOR a', 'APPE a', 'LIST', 'NLST', 'MLSD']) {
      assert.match(await client.command(command), /^425 .*EPSV or PASV first/, command);
    }
  });
});

describe('active data connections', () => {
  const ipv4 = ways[0] as Way;

  test('a file goes over PORT under TLS', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const listener = await listenAt('127.0.0.1');
    await client.expect(200, `PORT 127,0,0,1,${listener.port >> 8},${listener.port & 255}`);
    await client.expect(150, 'STOR a');
    const line = await listener.line;
    listener.server.close();
    await line.startTls({ session: client.control.sessions.at(-1) });
    await line.write('active');
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
    assert.equal((await server.read('/a'))?.toString(), 'active');
  });

  test('a client that does not listen gets 425 with its address', async () => {
    await using server = await plainServer(ipv4);
    await using client = await plainSession(server, ipv4);
    const listener = await listenAt('127.0.0.1');
    listener.server.close();
    listener.line.catch(() => undefined);
    await client.expect(200, `EPRT |1|127.0.0.1|${listener.port}|`);
    const replies = [await client.command('NLST'), await client.readReply()];
    assert.match(replies[0] ?? '', /^150 /);
    assert.match(replies[1] ?? '', new RegExp(`^425 .*127\\.0\\.0\\.1:${listener.port}.*ECONNREFUSED`));
  });
});
