import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type Caught, HelloCatcher } from '../../test/fixtures/client-hellos.ts';
import { createTempFolder, runCommand } from '../testing/index.ts';
import { type ClientHello, readClientHello, scanFirstMessage } from './client-hello.ts';

const catcher = await HelloCatcher.open();
after(() => catcher[Symbol.asyncDispose]());

const [fresh13, resuming13] = await catcher.connectTwice({});
const [fresh12, resuming12] = await catcher.connectTwice({ maxVersion: 'TLSv1.2' });
const [only13] = await catcher.connectTwice({ minVersion: 'TLSv1.3' });

const noOpenssl = await missing('openssl', 'version');
const noCurl = await missing('curl', '--version');

const both: ClientHello = {
  offersTls13Session: false,
  offersTls12Session: false,
  offersTls12: true,
  offersTls13: true,
};
const resuming: ClientHello = { ...both, offersTls13Session: true };
const tls12: ClientHello = { ...both, offersTls13: false };
const resumingTls12: ClientHello = { ...tls12, offersTls12Session: true };
const tls13: ClientHello = { ...both, offersTls12: false };

async function missing(program: string, argument: string): Promise<string | false> {
  return runCommand(program, [argument]).then(
    () => false,
    () => `${program} is not installed`,
  );
}

/** Runs a program that connects to the catcher, and gives what was caught of it. */
async function caughtOf(program: string, args: readonly string[], input = ''): Promise<readonly Caught[]> {
  const before = catcher.caught.length;
  const { exitCode, stderr } = await runCommand(program, args, { input });
  assert.equal(exitCode, 0, stderr);
  return catcher.caught.slice(before);
}

describe('readClientHello', () => {
  test('reads what Node sends, with and without a session', async () => {
    assert.deepEqual([fresh13.hello, await fresh13.resumed], [both, false]);
    assert.deepEqual([resuming13.hello, await resuming13.resumed], [resuming, true]);
    assert.deepEqual([fresh12.hello, await fresh12.resumed], [tls12, false]);
    assert.deepEqual([resuming12.hello, await resuming12.resumed], [resumingTls12, true]);
    assert.deepEqual([only13.hello, await only13.resumed], [tls13, false]);
  });

  test('reads what openssl sends, with and without a session', { skip: noOpenssl }, async () => {
    await using folder = await createTempFolder();
    const run = async (...args: readonly string[]): Promise<Caught> => {
      const all = ['s_client', '-connect', `127.0.0.1:${catcher.port}`, '-ign_eof', ...args];
      const [caught] = await caughtOf('openssl', all, 'GET / HTTP/1.0\r\n\r\n');
      return caught as Caught;
    };
    for (const [args, expected, again] of [
      [[], both, resuming],
      [['-tls1_3'], tls13, { ...tls13, offersTls13Session: true }],
      [['-tls1_2'], tls12, resumingTls12],
    ] as const) {
      const session = folder.join(`session${args.join('')}.pem`);
      assert.deepEqual((await run(...args, '-sess_out', session)).hello, expected);
      const resumed = await run(...args, '-sess_in', session);
      assert.deepEqual([resumed.hello, await resumed.resumed], [again, true]);
    }
  });

  test('reads what curl sends, with and without a session', { skip: noCurl }, async () => {
    const url = `https://127.0.0.1:${catcher.port}/`;
    for (const [args, expected, again] of [
      [[], both, resuming],
      [['--tlsv1.3'], tls13, { ...tls13, offersTls13Session: true }],
      [['--tls-max', '1.2'], tls12, resumingTls12],
    ] as const) {
      const caught = await caughtOf('curl', ['-k', '-s', '--no-alpn', ...args, url, url]);
      assert.deepEqual(
        caught.map(({ hello }) => hello),
        [expected, again],
      );
    }
  });

  const hello = resuming13.bytes;

  test('wants more of every beginning', () => {
    for (const { bytes } of [fresh13, resuming13, fresh12]) {
      for (let length = 0; length < bytes.length; length += 1) {
        assert.equal(readClientHello(bytes.subarray(0, length)), 'incomplete', `${length} of ${bytes.length}`);
      }
    }
  });

  test('does not look behind it', () => {
    assert.deepEqual(readClientHello(Buffer.concat([hello, Buffer.from('anything')])), resuming);
  });

  test('joins a message that lies in several records, cut anywhere', () => {
    const message = hello.subarray(5);
    for (let at = 0; at <= message.length; at += 1) {
      assert.deepEqual(readClientHello(inRecords(message, [at, message.length - at])), resuming, `cut at ${at}`);
    }
    assert.deepEqual(
      readClientHello(
        inRecords(
          message,
          [...message].map(() => 1),
        ),
      ),
      resuming,
    );
  });

  test('knows what is no ClientHello by its first bytes', () => {
    for (const text of [
      'USER a\r\n',
      'GET / HTTP/1.1\r\n',
      '\0',
      '\x16\x02',
      '\x15\x03\x03\0\x02',
      '\x16\x03\x01\0\x04\x02',
    ]) {
      assert.equal(readClientHello(Buffer.from(text, 'latin1')), 'not-tls', JSON.stringify(text));
    }
    const second = Buffer.from(hello);
    const cut = inRecords(second.subarray(5), [100, second.length - 105]);
    cut[105] = 0x17;
    assert.equal(readClientHello(cut), 'not-tls', 'a second record of another type');
  });

  test('refuses a body that its lengths do not fit', () => {
    const message = Buffer.from(hello.subarray(5));
    message.writeUIntBE(20, 1, 3);
    assert.equal(readClientHello(inRecords(message.subarray(0, 24), [24])), 'not-tls');
  });

  test('takes a hello without extensions by its version', () => {
    const body = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32), Buffer.from([0, 0, 2, 0xc0, 0x2f, 1, 0])]);
    const message = Buffer.concat([Buffer.from([1, 0, 0, body.length]), body]);
    assert.deepEqual(readClientHello(inRecords(message, [message.length])), tls12);
    message[5] = 1;
    assert.deepEqual(readClientHello(inRecords(message, [message.length])), { ...tls12, offersTls12: false });
  });

  test('never throws, whatever comes', () => {
    const mutated = fc
      .tuple(fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 8 }), fc.nat(hello.length))
      .map(([changes, length]) => {
        const bytes = Buffer.from(hello);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes.subarray(0, length);
      });
    const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const afterHeader = noise.map((bytes) => inRecords(Buffer.concat([Buffer.from([1]), bytes]), [bytes.length + 1]));
    fc.assert(
      fc.property(fc.oneof(mutated, noise, afterHeader), (bytes) => {
        const result = readClientHello(bytes);
        if (typeof result === 'string') assert.ok(['incomplete', 'not-tls'].includes(result));
        else
          assert.deepEqual(
            Object.values(result).map((value) => typeof value),
            ['boolean', 'boolean', 'boolean', 'boolean'],
          );
      }),
      { numRuns: 2000 },
    );
  });

  test('costs no more than the length of what it reads', () => {
    const message = Buffer.alloc(60_000, 1);
    message.writeUIntBE(0xffffff, 1, 3);
    const tiny = inRecords(
      message,
      [...message].map(() => 1),
    );
    const startedAt = performance.now();
    assert.equal(readClientHello(tiny), 'incomplete');
    assert.equal(readClientHello(inRecords(message, Array(60_000).fill(0))), 'incomplete');
    assert.ok(performance.now() - startedAt < 1000);
  });
});

describe('scanFirstMessage', () => {
  test('asks for bytes that are missing, and tells more once they are there', () => {
    const message = resuming13.bytes.subarray(5);
    for (const sizes of [
      [message.length],
      [1, 1, 2, message.length - 4],
      [0, 3, 0, message.length - 3],
      [7, message.length - 7],
    ]) {
      const records = inRecords(message, sizes);
      let looks = 0;
      for (let length = 0; ;) {
        const scan = scanFirstMessage(records.subarray(0, length));
        looks += 1;
        if (scan.kind === 'whole') break;
        assert.equal(scan.kind, 'incomplete');
        if (scan.kind === 'incomplete') {
          assert.ok(scan.neededBytes > length && scan.neededBytes <= records.length, `${scan.neededBytes}`);
          length = scan.neededBytes;
        }
      }
      assert.ok(looks <= 3 + 2 * sizes.length, `${looks} looks`);
    }
  });
});

/** The message as handshake records with payloads of these sizes. */
function inRecords(message: Buffer, sizes: readonly number[]): Buffer {
  const records: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    records.push(Buffer.from([22, 3, 1, size >> 8, size & 0xff]), message.subarray(at, at + size));
    at += size;
  }
  return Buffer.concat(records);
}
