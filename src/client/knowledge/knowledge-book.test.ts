import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { KnowledgeBook } from './knowledge-book.ts';

const dayMs = 24 * 60 * 60 * 1000;
const nowMs = Date.UTC(2026, 5, 1);
const address = { host: 'files.example.org', port: 21 };
const identity = 'certificate AA:BB';

describe('what is known of servers', () => {
  test('is found under host and port, whatever the case of the host', () => {
    const book = new KnowledgeBook();
    assert.equal(book.learn(address, identity, { passive: 'PASV', passiveReason: '500 What?' }, nowMs), true);
    const facts = { passive: 'PASV', passiveReason: '500 What?' };
    assert.deepEqual(book.recall({ host: 'FILES.example.org', port: 21 }, nowMs), { identity, facts });
    assert.equal(book.recall({ ...address, port: 2121 }, nowMs), undefined);
  });

  test('is not passed on to another server at the same address', () => {
    const book = new KnowledgeBook();
    book.learn(address, identity, { passive: 'PASV', noop: 'at-once' }, nowMs);
    book.learn(address, 'certificate CC:DD', { mlsd: 'works' }, nowMs);
    assert.deepEqual(book.recall(address, nowMs), { identity: 'certificate CC:DD', facts: { mlsd: 'works' } });
  });

  test('grows old: a way round something is tried anew after a week, the rest after a month', () => {
    const book = new KnowledgeBook();
    book.learn(address, identity, { passive: 'PASV', mlsd: 'works' }, nowMs);
    assert.deepEqual(book.recall(address, nowMs + 6 * dayMs)?.facts, { passive: 'PASV', mlsd: 'works' });
    assert.deepEqual(book.recall(address, nowMs + 8 * dayMs)?.facts, { mlsd: 'works' });
    assert.deepEqual(book.recall(address, nowMs + 31 * dayMs)?.facts, {});
    assert.deepEqual(book.recall(address, nowMs - 2 * dayMs)?.facts, {}, 'facts from the future');
  });

  test('needs no writing when it is known already, and forgets on request', () => {
    const book = new KnowledgeBook();
    assert.equal(book.learn(address, identity, { mlsd: 'works' }, nowMs), true);
    assert.equal(book.learn(address, identity, { mlsd: 'works' }, nowMs + dayMs), false);
    assert.equal(book.learn(address, identity, { mlsd: 'works' }, nowMs + 20 * dayMs), true);
    assert.equal(book.learn(address, identity, { mlsd: undefined }, nowMs), true);
    assert.equal(book.recall(address, nowMs), undefined);
  });

  test('is bounded: the servers of which nothing was learned for longest make place', () => {
    const book = new KnowledgeBook();
    for (let port = 1; port <= 201; port += 1) {
      book.learn({ host: 'a', port }, identity, { mlsd: 'works' }, nowMs);
      book.learn({ host: 'a', port: 1 }, identity, { maxSessions: port }, nowMs);
    }
    assert.equal(book.recall({ host: 'a', port: 2 }, nowMs), undefined);
    assert.equal(book.recall({ host: 'a', port: 1 }, nowMs)?.facts.maxSessions, 201);
    assert.ok(book.recall({ host: 'a', port: 201 }, nowMs));
  });

  test('survives JSON, without what is too old', () => {
    const book = new KnowledgeBook();
    book.learn(address, identity, { passive: 'PASV' }, nowMs);
    book.learn(address, identity, { noop: 'deferred', maxSessions: 4 }, nowMs + 5 * dayMs);
    const laterMs = nowMs + 6 * dayMs;
    const read = KnowledgeBook.fromJson(book.toJson(laterMs));
    assert.deepEqual(read.recall(address, laterMs), book.recall(address, laterMs));
    assert.doesNotMatch(book.toJson(nowMs + 8 * dayMs), /PASV/);
    assert.doesNotMatch(book.toJson(nowMs + 90 * dayMs), /files\.example\.org/);
  });

  test('is taken from a file as far as it is understood', () => {
    const servers = [
      {
        address: 'a:21',
        identity,
        facts: { passive: { value: 'FTP', learnedMs: nowMs }, mlsd: { value: 'works', learnedMs: nowMs } },
      },
      { address: 'b:21', identity, facts: { hash: { value: 'x'.repeat(5000), learnedMs: nowMs }, foreign: 1 } },
      { address: 'c:21', identity, facts: { dialect: { value: 'a\r\nb', learnedMs: nowMs }, noop: 'at-once' } },
      { address: 5 },
      null,
      'text',
    ];
    const book = KnowledgeBook.fromJson(JSON.stringify({ version: 1, servers }));
    assert.deepEqual(book.recall({ host: 'a', port: 21 }, nowMs)?.facts, { mlsd: 'works' });
    assert.equal(book.recall({ host: 'b', port: 21 }, nowMs), undefined);
    assert.equal(book.recall({ host: 'c', port: 21 }, nowMs), undefined);
    for (const text of ['', 'x', 'null', '[]', '{}', '{"version":2,"servers":[]}', '{"version":1,"servers":{}}']) {
      assert.throws(() => KnowledgeBook.fromJson(text), text);
    }
  });
});
