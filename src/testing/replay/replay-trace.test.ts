import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { type Mode, modes, optionsFor, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { connect, type ConnectOptions, type TraceEvent, TwinlineError } from '../../client/index.ts';
import { createTempFolder, replayTrace, type Script, type ScriptedServerOptions } from '../index.ts';

const [plain, tls12, tls13] = modes;
const content = Buffer.alloc(300_000, 7);

type Work = (client: Awaited<ReturnType<typeof connect>>) => Promise<unknown>;

interface End {
  readonly code: string | undefined;
  readonly channel: unknown;
  readonly phase: unknown;
  readonly replyCode: unknown;
  readonly result: unknown;
}

/** What a program sees of a session: the result of its work, or the error. */
async function endOf(options: ConnectOptions, work: Work): Promise<End> {
  try {
    const client = await connect(options);
    try {
      return { code: undefined, channel: '', phase: '', replyCode: 0, result: await work(client) };
    } finally {
      await client.quit();
    }
  } catch (error) {
    assert.ok(error instanceof TwinlineError, String(error));
    const { channel, phase, replyCode } = error as TwinlineError & Record<string, unknown>;
    return { code: error.code, channel, phase, replyCode, result: undefined };
  }
}

/** Records a session with a server, replays it, and gives both ends. */
async function recordAndReplay(
  mode: Mode,
  serverOptions: ScriptedServerOptions,
  work: Work,
  more: Partial<ConnectOptions> = {},
) {
  await using folder = await createTempFolder();
  const path = folder.join('trace.jsonl');
  const events: TraceEvent[] = [];
  let recorded: End;
  {
    await using server = await startServerFor(mode, serverOptions);
    recorded = await endOf({ ...optionsFor(mode, server, events), ...more }, work);
  }
  await writeFile(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  await using replay = await replayTrace(path);
  const played = await endOf({ ...optionsFor(mode, replay), ...more }, work);
  return { recorded, played, departures: replay.departures };
}

const download: Work = async (client) => {
  let bytes = 0;
  await client.download('a', {
    write: (chunks: readonly Buffer[]) => {
      for (const { length } of chunks) bytes += length;
      return Promise.resolve();
    },
  });
  return bytes;
};

/** A download that breaks in the middle. */
function brokenRetr(breakOff: (session: Parameters<Extract<Script, (...args: never) => unknown>>[0]) => void): Script {
  return async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(content.subarray(0, 100_000));
    breakOff(session);
    await line.ended;
  };
}

const lineOf = (session: { readonly dataLines: readonly { reset(): void }[] }) => session.dataLines.at(-1);

for (const mode of modes) {
  describe(`a replayed trace (${mode.name})`, () => {
    const files = { a: content };

    test('of a session without a fault ends as well, with as many bytes', async () => {
      const { recorded, played, departures } = await recordAndReplay(mode, { files }, download);
      assert.equal(recorded.result, content.length);
      assert.deepEqual(played, recorded);
      assert.deepEqual(departures, []);
    });

    test('of a lost control line in a download loses it in the same phase', async () => {
      const commands = { RETR: brokenRetr((session) => session.control.reset()) };
      const { recorded, played } = await recordAndReplay(mode, { files, commands }, download);
      assert.equal(recorded.code, 'ERR_TWINLINE_CONTROL_LOST');
      assert.deepEqual(played, recorded);
    });

    test('of a reset data line ends with the same error', async () => {
      const RETR: Script = async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(content.subarray(0, 100_000));
        lineOf(session)?.reset();
        await session.reply('426 Broken');
      };
      const { recorded, played } = await recordAndReplay(mode, { files, commands: { RETR } }, download);
      assert.notEqual(recorded.code, undefined);
      assert.deepEqual(played, recorded);
    });

    test('of a refusal brings the same reply', async () => {
      const commands = { RETR: '550 No such file' };
      const { recorded, played } = await recordAndReplay(mode, { files, commands }, download);
      assert.equal(recorded.replyCode, 550);
      assert.deepEqual(played, recorded);
    });

    test('of an upload that the server breaks off ends with the same error', async () => {
      const STOR: Script = async (session) => {
        await session.reply('150 Send it');
        const line = await session.acceptData();
        await line.untilReceived(50_000);
        line.reset();
        await session.reply('552 No room');
      };
      const work: Work = (client) => client.upload('b', Buffer.alloc(20_000_000));
      const { recorded, played } = await recordAndReplay(mode, { commands: { STOR } }, work);
      assert.equal(recorded.replyCode, 552);
      assert.deepEqual(played, recorded);
    });

    test('of a stalled download runs into the same timer and keeps the session', async () => {
      const RETR: Script = async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(content.subarray(0, 100_000));
      };
      const ABOR: Script = async (session) => {
        await session.dataLines.at(-1)?.ended;
        await session.reply('426 Aborted');
        await session.reply('226 Done');
      };
      const more = { deadlines: { stallMs: 200 } };
      const { recorded, played } = await recordAndReplay(mode, { files, commands: { RETR, ABOR } }, download, more);
      assert.deepEqual([recorded.code, recorded.phase], ['ERR_TWINLINE_TIMEOUT', 'stall']);
      assert.deepEqual(played, recorded);
    });
  });
}

test('a replayed trace goes over to PASV where EPSV led nowhere', async () => {
  const commands = { EPSV: '229 Extended (|||1|)' };
  const files = { a: content };
  const { recorded, played, departures } = await recordAndReplay(plain, { files, commands }, download);
  assert.equal(recorded.result, content.length);
  assert.deepEqual(played, recorded);
  assert.deepEqual(departures, []);
});

test('a replayed trace has the listing where it was recorded, and as many bytes of another where not', async () => {
  const names: Work = async (client) => {
    const found: string[] = [];
    for await (const { name } of client.list()) found.push(name);
    return found;
  };
  const files = { 'a b': content, c: content };
  const whole = await recordAndReplay(tls13, { files }, names, { traceListings: true });
  assert.deepEqual(whole.played.result, ['a b', 'c']);
  const made = await recordAndReplay(tls13, { files }, names);
  assert.ok(Array.isArray(made.played.result) && made.played.result.length > 0);
});

test('a replayed trace of TLS from the first byte begins with it', async () => {
  const files = { a: content };
  const more = { security: 'implicit' } as const;
  const { recorded, played, departures } = await recordAndReplay(tls13, { files, implicitTls: true }, download, more);
  assert.equal(recorded.result, content.length);
  assert.deepEqual(played, recorded);
  assert.deepEqual(departures, []);
});

test('a replayed trace of active mode connects to the client', async () => {
  const files = { a: content };
  const { recorded, played, departures } = await recordAndReplay(tls13, { files }, download, { active: {} });
  assert.equal(recorded.result, content.length);
  assert.deepEqual(played, recorded);
  assert.deepEqual(departures, []);
});

test('a replayed trace of a handshake that the server breaks off breaks it off', async () => {
  const AUTH: Script = async (session) => {
    await session.reply('234 Go');
    session.control.reset();
  };
  const { recorded, played } = await recordAndReplay(tls13, { commands: { AUTH } }, () => Promise.resolve());
  assert.equal(recorded.code, 'ERR_TWINLINE_TLS_HANDSHAKE');
  assert.deepEqual(played, recorded);
});

test('a replayed trace of a refused certificate is refused again', async () => {
  const { recorded, played } = await recordAndReplay(tls12, {}, () => Promise.resolve(), { tls: {} });
  assert.equal(recorded.code, 'ERR_TWINLINE_CERTIFICATE');
  assert.deepEqual(played, recorded);
});

test('a replayed trace says where the client does otherwise', async () => {
  let calls = 0;
  const work: Work = async (client) => {
    calls += 1;
    return (await client.raw(calls === 1 ? 'SYST' : 'NOOP')).code;
  };
  const { played, departures } = await recordAndReplay(plain, {}, work);
  assert.equal(played.result, 502);
  assert.deepEqual(departures, [
    'session 1: NOOP is not in the trace',
    'session 1: QUIT came where the trace has SYST',
  ]);
});

test('a file that is no trace is refused by its line', async () => {
  await using folder = await createTempFolder();
  await writeFile(folder.join('a'), '{"kind":"trace","version":1}\nnonsense\n');
  await assert.rejects(replayTrace(folder.join('a')), /a:2: no JSON/);
  await writeFile(folder.join('a'), '{"kind":"trace","version":9}\n');
  await assert.rejects(replayTrace(folder.join('a')), /version 9/);
  await writeFile(folder.join('a'), '{"kind":"trace","version":1}\n');
  await assert.rejects(replayTrace(folder.join('a')), /no session of this trace/);
});
