import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, test } from 'node:test';
import { LiveCounts, Scope } from './scope.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('LiveCounts', () => {
  test('count by kind, and each thing off once', () => {
    const counts = new LiveCounts();
    const first = counts.add('socket');
    const second = counts.add('socket');
    counts.add('timer');
    assert.equal(counts.get('socket'), 2);
    first();
    first();
    assert.equal(counts.get('socket'), 1);
    second();
    assert.deepEqual(counts.snapshot(), { session: 0, socket: 0, listener: 0, timer: 1, transfer: 0, task: 0 });
  });

  test('tell who owns what, with a zero for whoever has owned it before', () => {
    const server = new Scope();
    const session = new Scope(server, undefined, 'session');
    const channel = new Scope(session);
    const uncount = channel.count('socket');
    server.count('listener');
    assert.deepEqual(server.counts.byOwner(), [
      { kind: 'socket', owner: 'session', count: 1 },
      { kind: 'listener', owner: 'server', count: 1 },
    ]);
    uncount();
    assert.deepEqual(server.counts.byOwner()[0], { kind: 'socket', owner: 'session', count: 0 });
  });

  test('give snapshots that do not change', () => {
    const counts = new LiveCounts();
    const before = counts.snapshot();
    counts.add('session');
    assert.equal(before.session, 0);
    assert.equal(counts.snapshot().session, 1);
  });
});

describe('Scope', () => {
  test('ends what it owns once, the latest first', () => {
    const scope = new Scope();
    const ended: string[] = [];
    scope.add(() => ended.push('first'));
    scope.add(() => ended.push('second'));
    scope.close();
    scope.close();
    assert.deepEqual(ended, ['second', 'first']);
    assert.equal(scope.closed, true);
  });

  test('ends what was added twice twice, and each addition can be taken back alone', () => {
    const scope = new Scope();
    let ended = 0;
    const end = (): void => {
      ended += 1;
    };
    const leave = scope.add(end);
    scope.add(end);
    leave();
    leave();
    scope.close();
    assert.equal(ended, 1);
  });

  test('closes the scopes inside it first, and they share its counts', () => {
    const parent = new Scope();
    const ended: string[] = [];
    parent.add(() => ended.push('of the parent'));
    const child = new Scope(parent);
    const grandchild = new Scope(child);
    grandchild.add(() => ended.push('of the grandchild'));
    child.counts.add('timer');
    assert.equal(parent.counts.get('timer'), 1);
    parent.close();
    assert.deepEqual(ended, ['of the grandchild', 'of the parent']);
    assert.ok(child.closed && grandchild.closed);
  });

  test('is forgotten by its parent when it closes', () => {
    const parent = new Scope();
    let closings = 0;
    const child = new Scope(parent);
    child.add(() => {
      closings += 1;
    });
    child.close();
    parent.close();
    assert.equal(closings, 1);
  });

  test('is closed from the beginning inside a closed one', () => {
    const parent = new Scope();
    parent.close();
    assert.equal(new Scope(parent).closed, true);
  });

  test('ends what is added behind its close, when the code that adds it is through', async () => {
    const scope = new Scope();
    scope.close();
    let ended = false;
    scope.add(() => {
      ended = true;
    });
    assert.equal(ended, false);
    await turn();
    assert.equal(ended, true);
  });

  test('lets what is added behind its close be taken back in the same turn', async () => {
    const scope = new Scope();
    scope.close();
    const leave = scope.add(() => assert.fail('this was given up'));
    leave();
    await turn();
  });

  test('does not end what another end gives up', () => {
    const scope = new Scope();
    const leave = scope.add(() => assert.fail('this was given up'));
    scope.add(() => leave());
    scope.close();
  });

  test('ends, in its turn, what is added while it closes', async () => {
    const scope = new Scope();
    const ended: string[] = [];
    scope.add(() => {
      ended.push('outer');
      scope.add(() => ended.push('added while closing'));
    });
    scope.close();
    await turn();
    assert.deepEqual(ended, ['outer', 'added while closing']);
  });

  test('may be closed by what it ends', () => {
    const scope = new Scope();
    let ended = 0;
    scope.add(() => {
      ended += 1;
      scope.close();
    });
    scope.close();
    assert.equal(ended, 1);
  });

  test('ends everything even where one end throws, and tells the first error', () => {
    const scope = new Scope();
    const ended: string[] = [];
    scope.add(() => ended.push('behind both'));
    scope.add(() => {
      throw new Error('the second to throw');
    });
    scope.add(() => {
      throw new Error('the first to throw');
    });
    assert.throws(() => scope.close(), /the first to throw/);
    assert.deepEqual(ended, ['behind both']);
    scope.close();
  });
});

test('live counts are shown as numbers by kind', () => {
  const counts = new LiveCounts();
  counts.add('socket');
  assert.equal(inspect(counts), '{ socket: 1 }');
});
