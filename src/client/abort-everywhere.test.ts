/** Every operation of the client, aborted in its middle: the same error, and a session that goes on or is known to be lost. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempFolder, type Script, type TempFolder } from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { modes, optionsFor, startPair, startServerFor } from '../../test/fixtures/client-pair.ts';
import { endless, file, files, midway } from '../../test/fixtures/midway.ts';
import { type Client, connect } from './client.ts';
import { createPool } from './pool.ts';

const aborted = { code: 'ERR_TWINLINE_ABORTED' };
const noMlst = { FEAT: '211-Features:\n SIZE\n211 End' };
const withAll = { FEAT: '211-Features:\n MLST type*;\n MFMT\n HASH SHA-256*;MD5\n211 End' };

interface Case {
  readonly run: (client: Client, signal: AbortSignal, folder: TempFolder) => Promise<unknown>;
  /** The command that is never answered before the abort, and its late answer. */
  readonly verb: string;
  readonly answer: string;
  readonly commands?: Readonly<Record<string, Script>>;
}

async function drain(entries: AsyncIterable<unknown>): Promise<void> {
  for await (const entry of entries) assert.ok(entry);
}

const cases: Readonly<Record<string, Case>> = {
  stat: { run: (c, signal) => c.stat('f', { signal }), verb: 'MLST', answer: '250-F\n type=file; f\n250 End' },
  'stat of a folder without MLST': {
    run: (c, signal) => c.stat('d', { signal }),
    verb: 'CWD',
    answer: '250 Changed',
    commands: noMlst,
  },
  size: { run: (c, signal) => c.size('f', { signal }), verb: 'SIZE', answer: '213 5' },
  'size, before it begins': { run: (c, signal) => c.size('f', { signal }), verb: 'TYPE', answer: '200 Set' },
  modified: { run: (c, signal) => c.modified('f', { signal }), verb: 'MDTM', answer: '213 20121112223335' },
  exists: { run: (c, signal) => c.exists('f', { signal }), verb: 'MLST', answer: '550 No' },
  'exists without MLST': {
    run: (c, signal) => c.exists('d', { signal }),
    verb: 'CWD',
    answer: '250 Changed',
    commands: noMlst,
  },
  makeDirectory: { run: (c, signal) => c.makeDirectory('d', { signal }), verb: 'MKD', answer: '257 "d"' },
  makeDirectories: { run: (c, signal) => c.makeDirectories('d/e', { signal }), verb: 'MKD', answer: '550 No' },
  removeDirectory: { run: (c, signal) => c.removeDirectory('d', { signal }), verb: 'RMD', answer: '250 Gone' },
  remove: { run: (c, signal) => c.remove('f', { signal }), verb: 'DELE', answer: '250 Gone' },
  removeTree: { run: (c, signal) => c.removeTree('f', { signal }), verb: 'DELE', answer: '550 A folder' },
  'rename, first half': { run: (c, signal) => c.rename('a', 'b', { signal }), verb: 'RNFR', answer: '350 To' },
  'rename, second half': {
    run: (c, signal) => c.rename('a', 'b', { signal }),
    verb: 'RNTO',
    answer: '250 Done',
    commands: { RNFR: '350 To what?' },
  },
  changeMode: { run: (c, signal) => c.changeMode('f', 0o600, { signal }), verb: 'SITE', answer: '200 Set' },
  setModified: {
    run: (c, signal) => c.setModified('f', 0, { signal }),
    verb: 'MFMT',
    answer: '213 Modify=1970; f',
    commands: withAll,
  },
  hash: {
    run: (c, signal) => c.hash('f', { signal }),
    verb: 'HASH',
    answer: `213 SHA-256 0-5 ${'ab'.repeat(32)} f`,
    commands: withAll,
  },
  'the choice of a hash': {
    run: (c, signal) => c.hash('f', { signal, algorithm: 'MD5' }),
    verb: 'OPTS',
    answer: '200 MD5',
    commands: withAll,
  },
  hashAlgorithms: { run: (c, signal) => c.hashAlgorithms({ signal }), verb: 'FEAT', answer: '502 None' },
  features: { run: (c, signal) => c.features({ signal }), verb: 'FEAT', answer: '502 None' },
  workingDirectory: { run: (c, signal) => c.workingDirectory({ signal }), verb: 'PWD', answer: '257 "/"' },
  changeDirectory: { run: (c, signal) => c.changeDirectory('d', { signal }), verb: 'CWD', answer: '250 Changed' },
  raw: { run: (c, signal) => c.raw('STAT', { signal }), verb: 'STAT', answer: '211 Fine' },
  'a download at EPSV': {
    run: (c, signal) => c.download('f', new KeepingSink(), { signal }),
    verb: 'EPSV',
    answer: '500 No',
  },
  'a download at REST': {
    run: (c, signal) => c.download('f', new KeepingSink(), { signal, offset: 5 }),
    verb: 'REST',
    answer: '350 From there',
  },
};

/** Aborts when the command comes, answers it a little later, and any further one as usual. */
function late(abort: AbortController, answer: string, usual: Script | undefined): Script {
  let isFirst = true;
  return async (session, argument) => {
    if (!isFirst) return session.perform(usual ?? answer, argument);
    isFirst = false;
    abort.abort();
    await sleep(20);
    await session.reply(answer);
  };
}

describe('an abort in the middle of', () => {
  for (const [name, { run, verb, answer, commands }] of Object.entries(cases)) {
    test(`${name} rejects, and the session goes on`, async () => {
      const abort = new AbortController();
      await using folder = await createTempFolder();
      const usual = verb === 'PWD' ? '257 "/"' : undefined;
      const script = late(abort, answer, usual);
      // The login asks for the folder too.
      const isArmed = { yes: verb !== 'PWD' };
      const armed: Script = async (session, argument) => session.perform(isArmed.yes ? script : '257 "/"', argument);
      await using pair = await startPair(modes[2], { files, commands: { ...commands, [verb]: armed } });
      isArmed.yes = true;
      await assert.rejects(run(pair.client, abort.signal, folder), aborted);
      assert.equal(await pair.client.workingDirectory(), '/');
      assert.equal((await pair.client.raw('NOOP')).code, 200);
      // Where a folder was entered only to look, the way back has been gone.
      if (commands === noMlst) assert.ok(pair.session.commands.includes('CWD /'));
    });
  }

  const transfers: Readonly<Record<string, Case['run']>> = {
    download: (c, signal) => c.download('f', new KeepingSink(), { signal }),
    upload: (c, signal) => c.upload('f', endless, { signal }),
    appendFile: (c, signal) => c.appendFile('f', endless, { signal }),
    uploadUnique: (c, signal) => c.uploadUnique(endless, { signal }),
    list: (c, signal) => drain(c.list('', { signal })),
    walk: (c, signal) => drain(c.walk('', { signal })),
    'a read stream': (c, signal) => drain(c.createReadStream('f', { signal })),
    'a web stream': (c, signal) => drain(c.readableStream('f', { signal })),
    downloadFile: (c, signal, folder) => c.downloadFile('f', folder.join('f'), { signal }),
    uploadFile: async (c, signal, folder) => {
      await writeFile(folder.join('f'), Buffer.alloc(3_000_000));
      return c.uploadFile(folder.join('f'), 'f', { signal, rateLimit: 100_000 });
    },
  };
  for (const [name, run] of Object.entries(transfers)) {
    test(`${name} sends ABOR, rejects, and the session goes on`, async () => {
      const abort = new AbortController();
      await using folder = await createTempFolder();
      const commands = midway(async (session, line) => {
        abort.abort();
        assert.deepEqual(await session.nextCommand(), ['ABOR', '']);
        line.reset();
        await session.reply('426 Aborted\n226 ABOR done');
      });
      const { STOR } = commands;
      assert.ok(STOR);
      await using pair = await startPair(modes[2], { files, commands: { ...commands, APPE: STOR, STOU: STOR } });
      await assert.rejects(run(pair.client, abort.signal, folder), aborted);
      assert.equal(await pair.client.workingDirectory(), '/');
      assert.equal(pair.server.sessions.length, 1);
    });
  }

  test('a session that answers no more is known to be lost in the end', async () => {
    const deadlines = { abortMs: 50 };
    const silent = { CWD: () => undefined };
    await using pair = await startPair(modes[2], { commands: silent }, { deadlines });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    await assert.rejects(pair.client.changeDirectory('d', { signal: abort.signal }), aborted);
    assert.equal(pair.client.isConnected, false);
  });

  test('the wait behind another operation, without a command', async () => {
    const held = Promise.withResolvers<void>();
    const commands: Record<string, Script> = {
      STAT: async (session) => {
        await held.promise;
        await session.reply('211 Fine');
      },
    };
    await using pair = await startPair(modes[2], { commands });
    const first = pair.client.raw('STAT');
    const abort = new AbortController();
    const second = pair.client.remove('f', { signal: abort.signal });
    abort.abort();
    await assert.rejects(second, aborted);
    held.resolve();
    assert.equal((await first).code, 211);
    assert.equal(await pair.client.workingDirectory(), '/');
    assert.ok(!pair.verbs().includes('DELE'));
  });

  test('quit ends the session at once', async () => {
    const abort = new AbortController();
    await using pair = await startPair(modes[2], { commands: { QUIT: () => abort.abort() } });
    await assert.rejects(pair.client.quit({ signal: abort.signal }), aborted);
    assert.equal(pair.client.isConnected, false);
  });

  for (const verb of ['greeting', 'AUTH', 'USER', 'PASS', 'PROT'] as const) {
    test(`connect at ${verb} leaves nothing open`, async () => {
      const abort = new AbortController();
      const script: Script = () => abort.abort();
      const options = verb === 'greeting' ? { greeting: script } : { commands: { [verb]: script } };
      await using server = await startServerFor(modes[2], options);
      await assert.rejects(connect({ ...optionsFor(modes[2], server), signal: abort.signal }), aborted);
    });
  }

  test('use of a pool, while it waits and before it begins', async () => {
    await using server = await startServerFor(modes[2]);
    await using pool = createPool(optionsFor(modes[2], server), { size: 1 });
    const held = Promise.withResolvers<void>();
    const first = pool.use(() => held.promise);
    const abort = new AbortController();
    const second = pool.use(async (client) => client.remove('f'), { signal: abort.signal });
    assert.equal(pool.waiting, 2);
    abort.abort();
    await assert.rejects(second, aborted);
    await assert.rejects(
      pool.use(async () => undefined, { signal: abort.signal }),
      aborted,
    );
    held.resolve();
    await first;
    assert.equal(await pool.use((client) => client.workingDirectory()), '/');
  });

  test('a download at REST begins the next transfer where that one says', async () => {
    const abort = new AbortController();
    const markers: string[] = [];
    const commands: Record<string, Script> = {
      REST: async (session, argument) => {
        markers.push(argument);
        session.restartAt = Number(argument);
        if (markers.length === 1) abort.abort();
        await sleep(20);
        await session.reply('350 From there');
      },
    };
    await using pair = await startPair(modes[2], { files, commands });
    const options = { signal: abort.signal, offset: 100 };
    await assert.rejects(pair.client.download('f', new KeepingSink(), options), aborted);
    const sink = new KeepingSink();
    await pair.client.download('f', sink);
    assert.ok(sink.bytes.equals(file));
    assert.deepEqual(markers, ['100', '0']);
  });
});
