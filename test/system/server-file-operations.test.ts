/** The audit of changes beside transfers: one record for each, made or refused, before its reply. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commandTable } from '../../src/server/commands/index.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

/** The records so far: operation, verb, path, target, verdict and cause. */
function recordsOf(server: TestServer): readonly unknown[][] {
  return server.eventsOf('file-operation').map(({ change, user }) => {
    const { operation, verb, path, target, verdict, cause } = change;
    return [user, operation, verb, path, ...(target === undefined ? [] : [target]), verdict, cause];
  });
}

describe('a change of files', () => {
  test('has one record with what was asked, and what became of it', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('a'));
    await using client = await server.session();
    await client.expect(257, 'MKD /folder');
    await client.expect(550, 'MKD /folder');
    await client.expect(350, 'RNFR a');
    await client.expect(250, 'RNTO folder/b');
    await client.expect(503, 'RNTO c');
    await client.expect(250, 'CWD folder');
    await client.expect(213, 'MFMT 20200102030405 b');
    await client.expect(501, 'MFMT yesterday b');
    await client.expect(213, 'MDTM 20200102030405 b');
    await client.expect(213, 'MDTM b');
    await client.expect(200, 'SITE UTIME 20200102030405 b');
    await client.expect(550, 'RMD /folder');
    await client.expect(250, 'DELE b');
    await client.expect(550, 'DELE b');
    await client.expect(200, 'SITE RMDIR /folder');
    await server.write('/f', Buffer.from('f'));
    await client.expect(213, 'MFF Modify=20200102030405; /f');
    await client.expect(200, 'SITE CHMOD 600 /f');
    await client.expect(250, 'SITE COPY /f "/g h"');
    await client.expect(501, 'SITE COPY /f');
    await client.expect(250, 'COMB /whole /f "/g h"');
    await client.expect(550, 'COMB /whole /none');
    await client.expect(550, 'RMD /');
    assert.deepEqual(recordsOf(server), [
      ['user', 'make-directory', 'MKD', '/folder', 'done', 'done'],
      ['user', 'make-directory', 'MKD', '/folder', 'refused', 'already-exists'],
      ['user', 'rename', 'RNTO', '/a', '/folder/b', 'done', 'done'],
      ['user', 'rename', 'RNTO', '/c', 'refused', 'refused'],
      ['user', 'set-time', 'MFMT', '/folder/b', 'done', 'done'],
      ['user', 'set-time', 'MFMT', '/folder/yesterday b', 'refused', 'refused'],
      ['user', 'set-time', 'MDTM', '/folder/b', 'done', 'done'],
      ['user', 'set-time', 'SITE UTIME', '/folder/b', 'done', 'done'],
      ['user', 'remove-directory', 'RMD', '/folder', 'refused', 'not-empty'],
      ['user', 'delete', 'DELE', '/folder/b', 'done', 'done'],
      ['user', 'delete', 'DELE', '/folder/b', 'refused', 'not-found'],
      ['user', 'remove-directory', 'SITE RMDIR', '/folder', 'done', 'done'],
      ['user', 'set-facts', 'MFF', '/f', 'done', 'done'],
      ['user', 'set-mode', 'SITE CHMOD', '/f', 'done', 'done'],
      ['user', 'copy', 'SITE COPY', '/f', '/g h', 'done', 'done'],
      ['user', 'copy', 'SITE COPY', '/f', 'refused', 'refused'],
      ['user', 'combine', 'COMB', '/whole', 'done', 'done'],
      ['user', 'combine', 'COMB', '/whole', 'refused', 'not-found'],
      ['user', 'remove-directory', 'RMD', '/', 'refused', 'refused'],
    ]);
  });

  test('is recorded when somebody tries who may not', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('a'));
    await using client = await server.session({ user: 'reader' });
    for (const command of ['DELE a', 'SITE MKDIR x', 'MDTM 20200102030405 a', 'RMD b'])
      await client.expect(550, command);
    assert.deepEqual(
      server.eventsOf('file-operation').map(({ change }) => [change.verb, change.path, change.cause]),
      [
        ['DELE', '/a', 'refused'],
        ['SITE MKDIR', '/x', 'refused'],
        ['MDTM', '/a', 'refused'],
        ['RMD', '/b', 'refused'],
      ],
    );
  });

  test('is recorded before its reply, and nobody is recorded who has not logged in', async () => {
    await using server = await startServer();
    await using stranger = await server.connect();
    await stranger.authTls();
    await stranger.expect(530, 'DELE a');
    assert.deepEqual(recordsOf(server), []);
    await using client = await server.session();
    await client.expect(257, 'MKD x');
    const types = server.events.map((event) => event.type);
    assert.equal(types[types.lastIndexOf('reply') - 1], 'file-operation');
  });

  test('is told by every command that needs the right to write and moves no data', () => {
    const silent = commandTable.all.filter(
      ({ permission, movesData, changes }) => permission === 'write' && movesData !== true && changes === undefined,
    );
    // RNFR changes nothing yet, and ALLO nothing at all.
    assert.deepEqual(
      silent.flatMap(({ verbs }) => verbs),
      ['RNFR', 'ALLO'],
    );
  });
});
