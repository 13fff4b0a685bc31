import { test } from 'node:test';
import assert from 'node:assert/strict';
import { noteLine, openSessions } from './open-sessions.ts';
import { Scope } from './scope.ts';

const end = (port: number) => ({ host: '192.0.2.1', port });
const ends = (local: number, remote: number) => ({ local: end(local), remote: end(remote) });

/** The sessions of this test: others may run in this process. */
const shown = () => openSessions().filter(({ control }) => control.local.host === '192.0.2.1');

test('a process tells which data lines and ports belong to which control line, as long as they are open', () => {
  const server = new Scope();
  const [one, other] = [new Scope(server), new Scope(server)];
  noteLine({ kind: 'control', scope: new Scope(one), ends: ends(21, 1000) });
  const control = new Scope(other);
  noteLine({ kind: 'control', scope: control, ends: ends(21, 2000) });
  const slot = new Scope(one);
  const data = new Scope(slot);
  noteLine({ kind: 'data', scope: data, ends: ends(5000, 1001) });
  noteLine({ kind: 'passive', scope: new Scope(slot), listensAt: end(5001) });
  // A client hangs its data lines in the control line itself.
  noteLine({ kind: 'data', scope: new Scope(new Scope(control)), ends: ends(5002, 2001) });
  assert.deepEqual(shown(), [
    { control: ends(21, 1000), data: [ends(5000, 1001)], passive: [end(5001)] },
    { control: ends(21, 2000), data: [ends(5002, 2001)], passive: [] },
  ]);
  data.close();
  other.close();
  assert.deepEqual(shown(), [{ control: ends(21, 1000), data: [], passive: [end(5001)] }]);
  noteLine({ kind: 'control', scope: new Scope(other), ends: ends(21, 3000) });
  server.close();
  assert.deepEqual(shown(), []);
});
