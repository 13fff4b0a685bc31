import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { z } from 'zod';
import { modes, startPair } from '../../../test/fixtures/client-pair.ts';
import type { TraceEvent } from '../../client/index.ts';
import { traceHeader, traceLine } from './trace-file.ts';
import { traceLineSchema } from './trace-schema.ts';

type SchemaLine = Exclude<z.infer<typeof traceLineSchema>, { kind: 'trace' }>;

/** Kinds and fields of both must be the same: an addition to one that is missing in the other is an error of types. */
type FieldsOf<Union, Kind> = keyof Extract<Union, { kind: Kind }>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const sameFields: { [Kind in TraceEvent['kind']]: Same<FieldsOf<TraceEvent, Kind>, FieldsOf<SchemaLine, Kind>> } = {
  session: true,
  connected: true,
  unreachable: true,
  command: true,
  reply: true,
  info: true,
  tls: true,
  ticket: true,
  step: true,
  listing: true,
  data: true,
  transfer: true,
  ended: true,
};
const sameKinds: Same<TraceEvent['kind'], SchemaLine['kind']> = true;

for (const mode of modes) {
  test(`every line of a real trace is of the schema (${mode.name})`, async () => {
    assert.ok(sameKinds && sameFields.reply);
    const trace: TraceEvent[] = [];
    const files = { a: Buffer.alloc(100_000) };
    {
      const more = { traceListings: true, onTrace: (event: TraceEvent) => trace.push(event) };
      await using pair = await startPair(mode, { files, commands: { EPSV: '229 Extended (|||1|)' } }, more);
      for await (const entry of pair.client.list()) assert.equal(entry.name, 'a');
      await pair.client.download('a', { write: () => Promise.resolve() });
      await assert.rejects(pair.client.download('b', { write: () => Promise.resolve() }));
    }
    const lines = [traceHeader('1.0.0', Date.now()), ...trace.map(traceLine)];
    const kinds = new Set(lines.map((line) => traceLineSchema.parse(JSON.parse(line)).kind));
    const always = 'trace session connected unreachable command reply info step listing data transfer ended'.split(' ');
    const secured = mode === modes[0] ? [] : ['tls', 'ticket'];
    assert.deepEqual([...kinds].toSorted(), [...always, ...secured].toSorted());
  });
}
