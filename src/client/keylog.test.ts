import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { modes, startPair } from '../../test/fixtures/client-pair.ts';

const hash = 'sha256';
const label = 'EXPERIMENTAL-key-log';

/** HKDF-Expand-Label of RFC 8446 section 7.1, for one block of output. */
function expandLabel(secret: Uint8Array, name: string, context: Uint8Array): Buffer {
  const text = Buffer.from(`tls13 ${name}`);
  const info = Buffer.concat([
    Buffer.from([0, 32, text.length]),
    text,
    Buffer.from([context.length]),
    context,
    Buffer.from([1]),
  ]);
  return createHmac(hash, secret).update(info).digest();
}

/** What a peer exports (RFC 8446 section 7.5), made of the secret alone. */
function exported(exporterSecret: Uint8Array): string {
  const nothing = createHash(hash).digest();
  return expandLabel(expandLabel(exporterSecret, label, nothing), 'exporter', nothing).toString('hex');
}

test('the key log has the secrets of the control line and of every data line, as the server has them', async () => {
  const lines: string[] = [];
  const ofServer: string[] = [];
  {
    await using pair = await startPair(
      modes[2],
      {
        files: { a: Buffer.from('hello') },
        observe: () => ({
          secured: (tls) => ofServer.push(tls.exportKeyingMaterial(32, label, Buffer.alloc(0)).toString('hex')),
        }),
      },
      { onKeylog: (line) => lines.push(line) },
    );
    for (let round = 0; round < 2; round += 1) {
      await pair.client.download('a', { write: () => Promise.resolve() });
    }
  }
  const secrets = lines.filter((line) => line.startsWith('EXPORTER_SECRET ')).map((line) => line.split(' ')[2] ?? '');
  assert.equal(ofServer.length, 3);
  assert.deepEqual(
    secrets.map((secret) => exported(Buffer.from(secret, 'hex'))),
    ofServer,
  );
  for (const wanted of ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0']) {
    assert.equal(lines.filter((line) => line.startsWith(`${wanted} `)).length, 3, wanted);
  }
});
