import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { Script, ScriptedSession } from '../../testing/index.ts';
import { modes, startPair } from '../../../test/fixtures/client-pair.ts';
import type { Client } from '../client.ts';
import type { WalkOptions } from './walk.ts';

const [, , mode] = modes;

/** Folders by path, each with the lines of its listing. */
type Tree = Readonly<Record<string, readonly string[]>>;

/** MLSD for the folders of the tree; DELE takes every name that is none of them away. */
function commandsFor(tree: Tree): Record<string, Script> {
  const MLSD: Script = async (session, path) => {
    const lines = tree[path];
    if (lines === undefined) return session.reply('550 No such folder');
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(lines.map((text) => `${text}\r\n`).join(''));
    await session.endData(line);
    await session.reply('226 Done');
  };
  const DELE: Script = (session, path) => session.reply(path in tree ? '550 A folder' : '250 Gone');
  return { MLSD, DELE, RMD: '250 Gone' };
}

function removals(session: ScriptedSession): string[] {
  return session.commands.filter((command) => /^(?:DELE|RMD)/.test(command));
}

async function paths(client: Client, path: string, options: WalkOptions = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of client.walk(path, options)) found.push(entry.path);
  return found;
}

const tree: Tree = {
  top: ['type=file; a', 'type=dir; in', 'type=OS.unix=slink:/etc; link'],
  'top/in': ['type=file; b', 'type=dir; deep'],
  'top/in/deep': ['type=file; c'],
};

/** What a hostile server, or somebody with a strange file, may have listed. */
const hostile = ['..', '.', 'a/b', '/etc/passwd', '../x', 'a\0b', 'a\rb', ''];

describe('a walk', () => {
  test('shows each folder before what is in it, and follows no link', async () => {
    await using pair = await startPair(mode, { commands: commandsFor(tree) });
    assert.deepEqual(await paths(pair.client, 'top'), ['a', 'in', 'in/b', 'in/deep', 'in/deep/c', 'link']);
    assert.deepEqual(await paths(pair.client, 'top', { maxDepth: 1 }), ['a', 'in', 'link']);
    assert.deepEqual(await paths(pair.client, 'top', { maxDepth: 2 }), ['a', 'in', 'in/b', 'in/deep', 'link']);
    const filter = ({ name }: { readonly name: string }) => name !== 'in';
    const before = pair.verbs().filter((verb) => verb === 'MLSD').length;
    assert.deepEqual(await paths(pair.client, 'top', { filter }), ['a', 'link']);
    assert.equal(pair.verbs().filter((verb) => verb === 'MLSD').length, before + 1);
  });

  test('ends where a server shows the way up as a folder, by the unique fact or by the depth', async () => {
    const loop: Tree = new Proxy<Record<string, string[]>>(
      {},
      { get: () => ['type=dir;unique=1; x'], has: () => true },
    );
    await using pair = await startPair(mode, { commands: commandsFor(loop) });
    assert.deepEqual(await paths(pair.client, 'top'), ['x', 'x/x']);
    const endless: Tree = new Proxy<Record<string, string[]>>({}, { get: () => ['type=dir; x'], has: () => true });
    await using other = await startPair(mode, { commands: commandsFor(endless) });
    assert.equal((await paths(other.client, 'top')).length, 100);
  });

  test('throws at names that are none, or passes over them and says so', async () => {
    const lines = [...hostile.map((name) => `type=dir; ${name}`), 'type=file; good'];
    await using pair = await startPair(mode, { commands: commandsFor({ top: lines }) });
    // The reader of the listing leaves out `.` and `..` by itself.
    await assert.rejects(paths(pair.client, 'top'), { code: 'ERR_TWINLINE_UNSAFE_NAME', directory: 'top' });
    const refused: string[] = [];
    const onRefused = ({ entryName }: { readonly entryName: string }) => refused.push(entryName);
    assert.deepEqual(await paths(pair.client, 'top', { onRefused: (error) => void onRefused(error) }), ['good']);
    for (const name of ['a/b', '/etc/passwd', '../x', 'a\0b', 'a\rb']) assert.ok(refused.includes(name), name);
    assert.deepEqual(
      pair.session.commands.filter((command) => command.startsWith('MLSD')),
      ['MLSD top', 'MLSD top'],
    );
  });

  test('never shows a listing that was cut as whole', async () => {
    const MLSD: Script = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write('type=file; a\r\n');
      line.reset();
      await session.reply('226 Done');
    };
    await using pair = await startPair(mode, { commands: { MLSD } });
    await assert.rejects(paths(pair.client, 'top'), { code: 'ERR_TWINLINE_DATA_LOST' });
  });
});

describe('the removal of a tree', () => {
  test('goes from the inside outwards, tries DELE before it enters, and tells each step', async () => {
    await using pair = await startPair(mode, { commands: commandsFor(tree) });
    const told: string[] = [];
    const result = await pair.client.removeTree('top', { onEntry: ({ path, type }) => told.push(`${type} ${path}`) });
    assert.deepEqual(result, { files: 4, directories: 3 });
    assert.deepEqual(told, [
      'file top/a',
      'file top/in/b',
      'file top/in/deep/c',
      'directory top/in/deep',
      'directory top/in',
      'file top/link',
      'directory top',
    ]);
    assert.ok(removals(pair.session).indexOf('DELE top/in') < removals(pair.session).indexOf('DELE top/in/b'));
  });

  test('takes a link away that is listed as a folder, and not what it leads to', async () => {
    await using pair = await startPair(mode, { commands: commandsFor({ top: ['type=dir; link'] }) });
    assert.deepEqual(await pair.client.removeTree('top'), { files: 1, directories: 1 });
    assert.deepEqual(removals(pair.session), ['DELE top', 'DELE top/link', 'RMD top']);
  });

  test('touches nothing under a name that is none', async () => {
    for (const name of hostile.filter((text) => text !== '.' && text !== '..')) {
      await using pair = await startPair(mode, { commands: commandsFor({ top: [`type=file; ${name}`] }) });
      const code = 'ERR_TWINLINE_UNSAFE_NAME';
      await assert.rejects(pair.client.removeTree('top'), { code, directory: 'top' });
      assert.deepEqual(removals(pair.session), ['DELE top']);
    }
  });

  test('stops at the first refusal, and says which', async () => {
    const commands = { ...commandsFor(tree), RMD: '550 Not empty' };
    await using pair = await startPair(mode, { commands });
    await assert.rejects(pair.client.removeTree('top'), { command: 'RMD top/in/deep', replyCode: 550 });
    await using none = await startPair(mode, { commands: { DELE: '550 No such thing', MLSD: '550 No such folder' } });
    await assert.rejects(none.client.removeTree('gone'), { command: 'DELE gone', replyCode: 550 });
  });
});

describe('folders with all above them', () => {
  test('are tried from the inside, and made from the outside', async () => {
    const there = new Set(['/', '/a']);
    let entered = '/';
    const commands: Record<string, Script> = {
      MKD: async (session, path) => {
        const parent = path.slice(0, Math.max(1, path.lastIndexOf('/')));
        const mayBe = there.has(parent) && !there.has(path);
        if (mayBe) there.add(path);
        await session.reply(mayBe ? '257 Made' : '550 No');
      },
      CWD: async (session, path) => {
        if (there.has(path)) entered = path;
        await session.reply(there.has(path) ? '250 In' : '550 No');
      },
    };
    await using pair = await startPair(mode, { commands });
    assert.deepEqual(await pair.client.makeDirectories('/a/b/c'), ['/a/b', '/a/b/c']);
    assert.deepEqual(await pair.client.makeDirectories('/a/b/c'), []);
    assert.deepEqual(await pair.client.makeDirectories('/a/b/d//'), ['/a/b/d']);
    assert.equal(entered, '/');
    await assert.rejects(pair.client.makeDirectories(''), { code: 'ERR_TWINLINE_ARGUMENT' });
  });

  test('fail with the refusal where one cannot be made', async () => {
    await using pair = await startPair(mode, { commands: { MKD: '550 Not allowed', CWD: '550 No' } });
    await assert.rejects(pair.client.makeDirectories('/a/b'), { code: 'ERR_TWINLINE_REFUSED', replyCode: 550 });
    await using busy = await startPair(mode, { commands: { MKD: '450 Later' } });
    await assert.rejects(busy.client.makeDirectories('/a/b'), { replyCode: 450 });
  });
});

test('a name is there, or not, or nobody knows', async () => {
  const commands = { MLST: '550 No' };
  await using pair = await startPair(mode, { commands });
  assert.equal(await pair.client.exists('x'), false);
  await using old = await startPair(mode, {
    commands: { FEAT: '502 No', CWD: '550 No', MDTM: '500 What?' },
    files: { f: Buffer.from('1') },
  });
  assert.equal(await old.client.exists('f'), true);
  assert.equal(await old.client.exists('g'), false);
  await using busy = await startPair(mode, { commands: { MLST: '450 Busy' } });
  await assert.rejects(busy.client.exists('x'), { replyCode: 450 });
});
