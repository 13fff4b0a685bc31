import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { getSystemErrorName } from 'node:util';
import * as fc from 'fast-check';
import { type Consumer, type DuelSetting, TlsDuel } from '../../test/fixtures/tls-duel.ts';
import { seededBytes } from '../testing/index.ts';
import { endingOfError, type LineEnding, watchCloseNotify } from './line-ending.ts';

const sides = ['server', 'client'] as const;
const versions = ['TLSv1.2', 'TLSv1.3'] as const;
const algorithms = ['ecdsa', 'rsa'] as const;
const consumers = ['flowing', 'late', 'halting', 'own'] as const;

interface Records {
  /** The records of the payload. */
  readonly data: Buffer;
  /** A record behind them, of which a test sends a part. Where there is one, the alert does not fit any more. */
  readonly next: Buffer;
  readonly alert: Buffer;
}

interface Scenario {
  readonly name: string;
  readonly ending: LineEnding;
  /** The peer had more to send. */
  readonly hasNext?: boolean;
  /** Sends what it is about; the payload is counted before or behind, but always sent whole. */
  send(duel: TlsDuel, records: Records): Promise<void> | void;
}

const fin = (duel: TlsDuel): void => void duel.peer.raw.end();

/** Sends the payload in segments of its own, so that the last piece stands alone. */
const apart =
  (last: (duel: TlsDuel, records: Records) => Promise<void> | void) =>
  async (duel: TlsDuel, records: Records): Promise<void> => {
    await duel.send(records.data);
    await last(duel, records);
  };

const complete: readonly Scenario[] = [
  {
    name: 'a close_notify in the segment of the last data, and TCP stays open',
    ending: 'close-notify',
    send: (duel, { data, alert }) => duel.send(Buffer.concat([data, alert])),
  },
  {
    name: 'a close_notify alone, and TCP stays open',
    ending: 'close-notify',
    send: apart((duel, { alert }) => duel.send(alert)),
  },
  {
    name: 'a close_notify alone, and a FIN behind it',
    ending: 'close-notify',
    send: apart(async (duel, { alert }) => {
      await duel.send(alert);
      fin(duel);
    }),
  },
  {
    name: 'a close_notify together with the FIN',
    ending: 'close-notify',
    send: apart((duel, { alert }) => void duel.peer.raw.end(alert)),
  },
  {
    name: 'data, close_notify and FIN in one',
    ending: 'close-notify',
    send: (duel, { data, alert }) => void duel.peer.raw.end(Buffer.concat([data, alert])),
  },
  ...[1, 5, 6, -1].map((at): Scenario => ({
    name: `a close_notify over two segments, cut at ${at}`,
    ending: 'close-notify',
    send: apart(async (duel, { alert }) => {
      await duel.send(alert.subarray(0, at));
      duel.peer.raw.end(alert.subarray(at));
    }),
  })),
  {
    name: 'a close_notify that begins in the segment of the data',
    ending: 'close-notify',
    send: async (duel, { data, alert }) => {
      await duel.send(Buffer.concat([data, alert.subarray(0, 7)]));
      duel.peer.raw.end(alert.subarray(7));
    },
  },
];

const truncated: readonly Scenario[] = [
  { name: 'a FIN alone', ending: 'fin', send: apart(fin) },
  {
    name: 'a FIN in the segment of the last data',
    ending: 'fin',
    send: (duel, { data }) => void duel.peer.raw.end(data),
  },
  {
    name: 'a record that was cut to the very size of a close_notify, then FIN',
    ending: 'fin',
    hasNext: true,
    send: apart(async (duel, { next, alert }) => {
      await duel.send(next.subarray(0, alert.length));
      fin(duel);
    }),
  },
  {
    name: 'the same in the segment of the last data and with the FIN',
    ending: 'fin',
    hasNext: true,
    send: (duel, { data, next, alert }) =>
      void duel.peer.raw.end(Buffer.concat([data, next.subarray(0, alert.length)])),
  },
  {
    name: 'a record cut in its middle, then FIN',
    ending: 'fin',
    hasNext: true,
    send: apart((duel, { next }) => void duel.peer.raw.end(next.subarray(0, next.length >> 1))),
  },
  {
    name: 'a record cut behind its header, then FIN',
    ending: 'fin',
    hasNext: true,
    send: apart((duel, { next }) => void duel.peer.raw.end(next.subarray(0, 5))),
  },
  {
    name: 'a close_notify whose last byte is missing, then FIN',
    ending: 'fin',
    send: apart((duel, { alert }) => void duel.peer.raw.end(alert.subarray(0, -1))),
  },
];

/** One that fits into one segment, and one whose end meets full buffers when nobody takes it. */
const payloadSizes = [1, 100_000];

async function recordsFor(duel: TlsDuel, size: number, hasNext = false): Promise<Records> {
  const data = await duel.peer.recordsOf(seededBytes(size, size));
  const next = await duel.peer.recordsOf(seededBytes(hasNext ? 1000 : 0, 1));
  return { data, next, alert: await duel.peer.closeNotify() };
}

/** Runs `fight` and leaves nothing open, however it ends. */
async function inDuel(setting: DuelSetting, fight: (duel: TlsDuel) => Promise<void>): Promise<void> {
  const duel = await TlsDuel.begin(setting);
  try {
    await fight(duel);
  } finally {
    duel.close();
  }
}

function play(setting: DuelSetting, consumer: Consumer, size: number, scenario: Scenario): Promise<void> {
  return inDuel(setting, async (duel) => {
    const records = await recordsFor(duel, size, scenario.hasNext);
    duel.take(consumer);
    await scenario.send(duel, records);
    assert.equal(await duel.ending(), scenario.ending);
    assert.equal(duel.received, size);
  });
}

for (const side of sides) {
  for (const version of versions) {
    for (const algorithm of algorithms) {
      const setting: DuelSetting = { side, version, algorithm };
      describe(`our ${side} on ${version} with ${algorithm} knows`, () => {
        for (const scenario of [...complete, ...truncated]) {
          test(`as ${scenario.ending}: ${scenario.name}`, async () => {
            for (const consumer of consumers) {
              for (const size of payloadSizes) await play(setting, consumer, size, scenario);
            }
          });
        }
      });
    }
  }
}

describe('behind more than the kernel holds, with back-pressure, we know', () => {
  const size = 12 * 1024 * 1024;
  for (const side of sides) {
    for (const version of versions) {
      for (const ending of ['close-notify', 'fin'] as const) {
        test(`a ${ending} that our ${side} takes on ${version}`, async () => {
          for (const consumer of ['late', 'halting', 'own'] as const) {
            await inDuel({ side, version, algorithm: 'ecdsa' }, async (duel) => {
              const { data, alert } = await recordsFor(duel, size);
              duel.take(consumer);
              duel.peer.raw.end(ending === 'fin' ? data : Buffer.concat([data, alert]));
              assert.equal(await duel.ending(), ending);
              assert.equal(duel.received, size);
            });
          }
        });
      }
    }
  }
});

describe('a reset', () => {
  for (const side of sides) {
    for (const version of versions) {
      test(`is a reset to our ${side} on ${version}, behind data, behind nothing and inside a record`, async () => {
        const sizes = [0, 1, 100_000].flatMap((size) => [0, 10].map((cut) => [size, cut] as const));
        for (const consumer of ['flowing', 'own'] as const) {
          for (const [size, cut] of sizes) {
            await inDuel({ side, version, algorithm: 'ecdsa' }, async (duel) => {
              const { data, next } = await recordsFor(duel, size, true);
              duel.take(consumer);
              await duel.send(Buffer.concat([data, next.subarray(0, cut)]));
              duel.peer.raw.resetAndDestroy();
              assert.equal(await duel.ending(), 'reset');
            });
          }
        }
      });

      test(`behind a close_notify takes nothing back on our ${side} on ${version}`, async () => {
        await inDuel({ side, version, algorithm: 'ecdsa' }, async (duel) => {
          const { data, alert } = await recordsFor(duel, 1000);
          duel.take('flowing');
          await duel.send(Buffer.concat([data, alert]));
          assert.equal(await duel.ending(), 'close-notify');
          duel.peer.raw.resetAndDestroy();
          await new Promise((resolve) => duel.peer.raw.once('close', resolve));
          await new Promise((resolve) => setImmediate(resolve));
          assert.equal(duel.connection.ending, 'close-notify');
        });
      });
    }
  }
});

describe('session tickets that come late', () => {
  type Cut = (tickets: Buffer, data: Buffer, alert: Buffer) => readonly Buffer[];
  const cases: readonly [name: string, size: number, ending: LineEnding, segments: Cut][] = [
    ['before the data', 100_000, 'close-notify', (tickets, data, alert) => [tickets, data, alert]],
    ['in one with everything', 100_000, 'close-notify', (...all) => [Buffer.concat(all)]],
    ['with nothing but a close_notify behind them', 0, 'close-notify', (...all) => [Buffer.concat(all)]],
    ['before a close_notify', 0, 'close-notify', (tickets, _data, alert) => [tickets, alert]],
    ['with nothing behind them', 0, 'fin', (tickets) => [tickets]],
    ['before data with nothing behind them', 100_000, 'fin', (tickets, data) => [Buffer.concat([tickets, data])]],
    ['before half a close_notify', 0, 'fin', (tickets, _data, alert) => [tickets, alert.subarray(0, 12)]],
    ['and were cut', 0, 'fin', (tickets) => [tickets.subarray(0, -1)]],
    [
      'and were cut to the size of a close_notify',
      0,
      'fin',
      (tickets, _d, alert) => [tickets.subarray(0, alert.length)],
    ],
  ];
  for (const [name, size, ending, segments] of cases) {
    test(`${name}: ${ending}`, async () => {
      for (const consumer of consumers) {
        await inDuel({ side: 'client', version: 'TLSv1.3', algorithm: 'ecdsa' }, async (duel) => {
          const tickets = duel.peer.takeHeld();
          assert.ok(tickets.length > 200, 'the server wrote tickets');
          const { data, alert } = await recordsFor(duel, size);
          duel.take(consumer);
          for (const segment of segments(tickets, data, alert)) await duel.send(segment);
          duel.peer.raw.end();
          assert.equal(await duel.ending(), ending);
          assert.equal(duel.received, size);
        });
      }
    });
  }
});

describe('however the bytes are cut', () => {
  const attempt = fc.record({
    size: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 200_000 })),
    consumer: fc.constantFrom(...consumers),
    /** Where the segments end, as fractions of everything. */
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
    /** Bytes that are missing at the end; 0 sends the whole close_notify. */
    missing: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 200_000 })),
    finWithLast: fc.boolean(),
  });
  for (const side of sides) {
    for (const version of versions) {
      test(`our ${side} on ${version} takes a line as ended when the whole close_notify came`, async () => {
        await fc.assert(
          fc.asyncProperty(attempt, ({ size, consumer, cuts, missing, finWithLast }) =>
            inDuel({ side, version, algorithm: 'ecdsa' }, async (duel) => {
              const tickets = duel.peer.takeHeld();
              const { data, alert } = await recordsFor(duel, size);
              const all = Buffer.concat([tickets, data, alert]);
              const bytes = all.subarray(0, Math.max(0, all.length - missing));
              const edges = [
                0,
                ...cuts.map((cut) => Math.floor(cut * bytes.length)).toSorted((a, b) => a - b),
                bytes.length,
              ];
              const segments = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
              duel.take(consumer);
              for (const segment of segments.slice(0, -1)) await duel.send(segment);
              const last = segments.at(-1) ?? Buffer.alloc(0);
              if (!finWithLast) await duel.send(last);
              duel.peer.raw.end(finWithLast ? last : '');
              assert.equal(await duel.ending(), missing === 0 ? 'close-notify' : 'fin');
              if (missing === 0) assert.equal(duel.received, size);
              else assert.ok(duel.received <= size);
            }),
          ),
          { numRuns: 60 },
        );
      });
    }
  }
});

describe('what the decision relies on in Node', () => {
  interface Handle {
    reading?: boolean;
    readStart(): number;
    readStop(): number;
  }
  const handleOf = (socket: object): Handle | null => (socket as { _handle: Handle | null })._handle;

  test('is there: the handle of TCP below TLS, how it starts and stops, and whether TLS reads', async () => {
    await inDuel({ side: 'server', version: 'TLSv1.3', algorithm: 'ecdsa' }, async (duel) => {
      duel.take('flowing');
      await duel.send(await duel.peer.recordsOf(Buffer.from('x')));
      const tcp = handleOf(duel.ourRaw);
      assert.equal(handleOf(duel.connection.line)?.reading, true);
      assert.equal(getSystemErrorName(tcp?.readStart() ?? 0), 'EALREADY', 'a stream that is being read says so');
    });
  });

  test('where it is missing, nothing is taken for a close_notify', () => {
    const raw = new Socket();
    const tls = Object.assign(new PassThrough(), { _handle: {} }) as unknown as TLSSocket;
    const seen = watchCloseNotify(tls, raw);
    tls.push(null);
    assert.equal(seen.received, false);
  });
});

describe('endingOfError', () => {
  const cases: readonly [LineEnding, readonly string[]][] = [
    ['reset', ['ECONNRESET', 'EPIPE', 'ECONNABORTED']],
    ['timeout', ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']],
    ['error', ['ERR_SSL_BAD_RECORD_TYPE', 'EPROTO', '']],
  ];
  for (const [ending, codes] of cases) {
    test(`takes ${codes.join(', ')} as ${ending}`, () => {
      for (const code of codes) assert.equal(endingOfError(Object.assign(new Error('x'), { code })), ending);
    });
  }
});
