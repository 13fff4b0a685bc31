/** Servers that mean ill to the lab itself, or fall away while it works: it harms nobody, keeps its secrets, and comes to an end. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { type LabReport, runServerLab, selectCases, serverCases, type ServerLabOptions } from '../../src/lab/index.ts';
import { type ScriptedServerOptions, startScriptedServer } from '../../src/testing/index.ts';

const caseId = 'rfc2428/3/epsv-unknown-family';

interface Judged {
  readonly report: LabReport;
  /** Every command of every session. */
  readonly commands: readonly string[];
}

async function judge(peer: ScriptedServerOptions, options: Partial<ServerLabOptions> = {}): Promise<Judged> {
  await using server = await startScriptedServer(peer);
  const { host, port } = server;
  const report = await runServerLab({
    target: { host, port, security: 'explicit', user: 'anna', password: 'hunter2' },
    targetText: 'the peer of a test',
    cases: selectCases(serverCases, { only: [caseId] }),
    seed: 7,
    parallel: 1,
    tool: 'test',
    timeouts: { replyMs: 3_000, promptMs: 1_000 },
    ...options,
  });
  return { report, commands: server.sessions.flatMap((session) => session.commands) };
}

describe('the lab and a hostile server', () => {
  test('removes nothing but what lies in the folder that it has made, whatever a listing names', async () => {
    const names = ['/precious.txt', '../precious.txt', '..', '.', 'docs/precious.txt', String.raw`..\precious.txt`];
    const listing = Buffer.from(names.map((name) => `${name}\r\n`).join(''));
    const { commands } = await judge({
      commands: {
        NLST: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(listing);
          await session.endData(line);
          await session.reply('226 Done');
        },
      },
    });
    const removals = commands.filter((line) => /^(?:DELE|RMD)/.test(line));
    assert.ok(removals.length > 1);
    for (const line of removals)
      assert.match(line, /^(?:DELE \/twinline-lab-\w+\/precious\.txt|RMD \/twinline-lab-\w+)$/);
  });

  test('keeps the password out of the report when the server says it back', async () => {
    const refused = await judge({ commands: { PASS: (session, word) => session.reply(`530 "${word}" is wrong`) } });
    assert.match(JSON.stringify(refused.report), /530 .{0,4}\*{8}.{0,4} is wrong/);
    assert.doesNotMatch(JSON.stringify(refused.report), /hunter2/);
    const greeted = await judge({ greeting: '220 Welcome back, anna/hunter2' });
    assert.doesNotMatch(JSON.stringify(greeted.report), /hunter2/);
  });

  test('leaves the case that runs when the user ends it, and removes its folder even then', async () => {
    const user = new AbortController();
    const { report, commands } = await judge(
      {
        commands: {
          EPSV: async (session, word) => {
            if (word === '') await session.reply(`229 Fine (|||${await session.openData()}|)`);
            // The question of the case: it is never answered.
            else user.abort();
          },
        },
      },
      { signal: user.signal, timeouts: { replyMs: 600_000 } },
    );
    assert.deepEqual(
      report.cases.map(({ verdict, says }) => ({ verdict, says })),
      [{ verdict: 'SKIP', says: 'the run was interrupted' }],
    );
    assert.deepEqual(report.notes, ['Interrupted: 1 of 1 cases were begun.']);
    assert.match(commands.findLast((line) => !line.startsWith('QUIT')) ?? '', /^RMD \/twinline-lab-/);
  });

  test('works in a folder of another name where its own is there already, as a run with the same seed has left it', async () => {
    const made: string[] = [];
    const { report, commands } = await judge({
      commands: {
        MKD: async (session, name) => {
          made.push(name);
          await session.reply(made.length === 1 ? '550 It exists' : `257 "${name}" made`);
        },
      },
    });
    assert.deepEqual(report.sanity.before, { ok: true, says: '65536 bytes, up and down' });
    assert.match(made.join(' '), /^(\/twinline-lab-\w+) \1-\w{8}$/);
    assert.deepEqual(
      commands.filter((line) => line.startsWith('RMD')),
      [`RMD ${made[1]}`],
    );
  });

  test('ends the plain transfer in order when the user ends the run in it, and removes its file behind it', async () => {
    const user = new AbortController();
    const { report, commands } = await judge(
      {
        commands: {
          STOR: async (session, name) => {
            await session.reply('150 Send it');
            user.abort();
            const line = await session.acceptData();
            session.uploads.set(name, await line.readToEnd());
            await session.endData(line);
            await session.reply('226 Done');
          },
        },
      },
      { signal: user.signal },
    );
    assert.deepEqual(report.sanity.before, { ok: false, says: 'the run was interrupted' });
    assert.ok(
      commands.findIndex((line) => line.startsWith('NLST')) > commands.findIndex((line) => line.startsWith('RETR')),
    );
  });

  test('skips what needs a longer file where nothing may be written and the file that was named is too short', async () => {
    const file = '/short.bin';
    const peer = { files: { [file]: Buffer.alloc(100_000, 1) }, commands: { MKD: '550 Read-only' } };
    await using server = await startScriptedServer(peer);
    const { host, port } = server;
    const report = await runServerLab({
      target: { host, port, security: 'explicit', user: 'anna', password: 'hunter2', file },
      targetText: 'the peer of a test',
      cases: selectCases(serverCases, { only: ['rfc959/3.2-4/j-rst-download-0-control'] }),
      seed: 7,
      parallel: 1,
      tool: 'test',
    });
    assert.equal(report.cases[0]?.verdict, 'SKIP', report.cases[0]?.says);
    assert.match(
      report.cases[0]?.says ?? '',
      /^\/short\.bin has fewer than \d+ bytes; name a longer file with --file$/,
    );
  });
});
