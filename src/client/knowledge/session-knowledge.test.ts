import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createTempFolder } from '../../testing/index.ts';
import { KeepingSink } from '../../../test/fixtures/byte-sink.ts';
import { modes, notes, optionsFor, startPair } from '../../../test/fixtures/client-pair.ts';
import { connect, type TraceEvent } from '../index.ts';
import { createKnowledgeFile } from './knowledge-file.ts';
import { createMemoryKnowledge } from './knowledge-store.ts';
import { certificateIdentity, greetingIdentity } from './session-knowledge.ts';

const files = { f: Buffer.from('content') };

for (const mode of modes) {
  describe(`what a session learns (${mode.name})`, () => {
    test('serves the next one: PASV at once where EPSV was refused', async () => {
      const knowledge = createMemoryKnowledge();
      const commands = { EPSV: '500 What is that?' };
      await using first = await startPair(mode, { files, commands }, { knowledge });
      await first.client.download('f', new KeepingSink());
      assert.ok(first.verbs().includes('EPSV'));
      const trace: TraceEvent[] = [];
      await using second = await connect({ ...optionsFor(mode, first.server, trace), knowledge });
      const before = first.verbs().length;
      await second.download('f', new KeepingSink());
      assert.ok(!first.verbs().slice(before).includes('EPSV'), first.verbs().join());
      assert.match(
        notes(trace),
        /Known of this server from earlier sessions: passive PASV, passiveReason 500 What is that\?/,
      );
    });

    test('is not believed of another server at that address', async () => {
      const knowledge = createMemoryKnowledge();
      await using pair = await startPair(
        mode,
        { files },
        {
          knowledge: {
            ...knowledge,
            recall: async () => ({ identity: certificateIdentity('AA'), facts: { passive: 'PASV' } }),
          },
        },
      );
      await pair.client.download('f', new KeepingSink());
      assert.ok(pair.verbs().includes('EPSV'));
      assert.ok(!pair.verbs().includes('PASV'));
    });

    test('goes into the file when the session ends, with nothing secret in it', async () => {
      await using folder = await createTempFolder();
      const path = folder.join('servers.json');
      {
        await using pair = await startPair(mode, { files }, { knowledge: createKnowledgeFile(path) });
        for await (const entry of pair.client.list()) assert.ok(entry);
      }
      const text = await readFile(path, 'utf8');
      assert.match(text, /"mlsd"/);
      assert.match(text, /"EPSV"/);
      assert.doesNotMatch(text, /anna|secret/);
    });

    test('is corrected: EPSV again where PASV is refused by now', async () => {
      const knowledge = createMemoryKnowledge();
      const commands = { PASV: '502 No longer' };
      await using pair = await startPair(mode, { files, commands }, { knowledge });
      const { host, port } = pair.server;
      await pair.client.download('f', new KeepingSink());
      const identity = (await knowledge.recall({ host, port }))?.identity ?? '';
      knowledge.learn({ host, port }, identity, { passive: 'PASV' });
      const trace: TraceEvent[] = [];
      await using again = await connect({ ...optionsFor(mode, pair.server, trace), knowledge });
      await again.download('f', new KeepingSink());
      assert.match(notes(trace), /PASV does not work any more/);
      assert.equal((await knowledge.recall({ host, port }))?.facts.passive, 'EPSV');
    });
  });
}

test('greetings of one server are the same server, whatever time and users they count', () => {
  const one = greetingIdentity(['You are user number 3 of 50.', 'Local time is now 05:31.']);
  assert.equal(one, greetingIdentity(['You are user number 11 of 50.', 'Local time is now 17:02.']));
  assert.notEqual(one, greetingIdentity(['ProFTPD Server ready.']));
});
