/** FEAT and HELP tell the truth: what they name works in the session that asked, and what works they name. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { commandTable } from '../../src/server/commands/index.ts';
import { type ScriptedClient } from '../../src/testing/index.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

async function featuresOf(client: ScriptedClient): Promise<readonly string[]> {
  return (await client.command('FEAT'))
    .split('\n')
    .slice(1, -1)
    .map((line) => line.slice(1));
}

async function verbsOf(client: ScriptedClient): Promise<readonly string[]> {
  const lines = (await client.command('HELP')).split('\n').slice(1, -1);
  return lines.flatMap((line) => line.trim().split(/ +/));
}

/** Commands with which a client would use each feature, and the code that says that it works. */
const uses: Readonly<Record<string, readonly [command: string, code: RegExp]>> = {
  AVBL: ['AVBL', /^213 /],
  CLNT: ['CLNT test', /^200 /],
  COMB: ['COMB joined f', /^250 /],
  CSID: ['CSID Name=test;', /^200 /],
  EPRT: ['EPRT |1|127.0.0.1|1|', /^504 /],
  EPSV: ['EPSV', /^229 /],
  HASH: ['HASH f', /^213 /],
  'LANG EN*': ['LANG EN', /^200 /],
  MDTM: ['MDTM f', /^213 /],
  MFCT: ['MFCT 20200102030405 f', /^213 /],
  MFF: ['MFF Modify=20200102030405; f', /^213 /],
  MFMT: ['MFMT 20200102030405 f', /^213 /],
  MLST: ['MLST f', /^250-/],
  'MODE Z': ['MODE Z', /^200 /],
  PASV: ['PASV', /^227 /],
  'REST STREAM': ['REST 1', /^350 /],
  'SITE CHMOD': ['SITE CHMOD 644 f', /^200 /],
  'SITE COPY': ['SITE COPY f copy', /^250 /],
  'SITE MKDIR': ['SITE MKDIR folder', /^200 /],
  'SITE QUOTA': ['SITE QUOTA', /^2\d\d[ -]/],
  'SITE SYMLINK': ['SITE SYMLINK f link', /^200 /],
  'SITE UTIME': ['SITE UTIME 20200102030405 f', /^200 /],
  SIZE: ['SIZE f', /^213 /],
  TVFS: ['CWD ///.//', /^250 /],
  UTF8: ['OPTS UTF8 ON', /^200 /],
  XCRC: ['XCRC f', /^250 /],
  XMD5: ['XMD5 f', /^250 /],
  XSHA: ['XSHA f', /^250 /],
  XSHA1: ['XSHA1 f', /^250 /],
  XSHA256: ['XSHA256 f', /^250 /],
  XSHA512: ['XSHA512 f', /^250 /],
};
/** Before the login, or tried by the client when it logs in. */
const elsewhere = new Set(['AUTH TLS', 'PBSZ', 'PROT', 'HOST', 'REIN', 'CCC']);

function nameOf(feature: string): string {
  if (feature in uses || elsewhere.has(feature)) return feature;
  return feature.split(' ')[0] ?? '';
}

describe('FEAT', () => {
  for (const files of ['memory', 'disk'] as const) {
    test(`names nothing that does not work, for a user who may write (files: ${files})`, async () => {
      await using server = await startServer({ tls: 'optional', files });
      await using client = await server.session({ protection: 'plain' });
      for (const feature of await featuresOf(client)) {
        const name = nameOf(feature);
        if (elsewhere.has(name)) continue;
        await server.write('/f', Buffer.from('file'));
        // What is not in the list must at least be known.
        const use = uses[name] ?? ([feature, /^(?!50[024])/] as const);
        assert.match(await client.command(use[0]), use[1], feature);
      }
    });
  }

  const sessions: Readonly<Record<string, (server: TestServer) => Promise<ScriptedClient>>> = {
    'nobody yet': (server) => server.connect(),
    'a user': (server) => server.session(),
    'a user who may only read': (server) => server.session({ user: 'reader' }),
  };
  for (const [who, begin] of Object.entries(sessions)) {
    for (const files of ['memory', 'disk'] as const) {
      test(`and HELP name the commands that ${who} can use, and no others (files: ${files})`, async () => {
        await using server = await startServer({ tls: 'optional', files });
        await using client = await begin(server);
        const features = await featuresOf(client);
        const verbs = await verbsOf(client);
        for (const verb of commandTable.all.flatMap((record) => record.verbs)) {
          // These end what the test asks about.
          if (['QUIT', 'AUTH', 'REIN', 'USER', 'CCC'].includes(verb)) continue;
          const answer = await client.command(['HELP', 'SITE'].includes(verb) ? 'HELP SITE' : `${verb} x`);
          // Before the login nothing is said about what comes behind it.
          if (answer.startsWith('530 ')) continue;
          const isThere = !/^502 |^550 Permission denied/.test(answer);
          assert.equal(verbs.includes(verb), isThere, `${verb}: ${answer}`);
          const help = await client.command(`HELP ${verb}`);
          assert.match(help, isThere ? /^214/ : /^502 /, verb);
          if (!isThere) assert.ok(!features.some((feature) => feature.split(' ')[0] === verb), `FEAT names ${verb}`);
        }
      });
    }
  }
});

test('a verb that FTP has and this server has not is 502, whoever asks', async () => {
  await using server = await startServer({ tls: 'optional' });
  await using client = await server.session({ protection: 'plain' });
  for (const verb of ['ADAT x', 'MIC x', 'CONF x', 'ENC x', 'LPRT 4,4,127,0,0,1,2,4,1', 'LPSV']) {
    assert.match(await client.command(verb), /^502 /, verb);
  }
});

test('SMNT is superfluous for a folder, and says what stands in the way of anything else', async () => {
  await using server = await startServer({ tls: 'optional' });
  await using client = await server.session({ protection: 'plain' });
  assert.match(await client.command('SMNT /'), /^202 /);
  assert.match(await client.command('SMNT /nothing'), /^550 /);
  assert.match(await client.command('SMNT'), /^501 /);
});
