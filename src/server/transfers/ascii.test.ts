import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { byteByByte, cut } from '../../../test/fixtures/every-way.ts';
import { toNetworkText, ToLocalText } from './ascii.ts';

async function* each(pieces: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}

async function toNetwork(pieces: readonly Uint8Array[]): Promise<string> {
  const out: Buffer[] = [];
  for await (const chunk of toNetworkText(each(pieces))) out.push(chunk);
  return Buffer.concat(out).toString('latin1');
}

function toLocal(pieces: readonly Uint8Array[]): string {
  const text = new ToLocalText();
  const out = pieces.map((piece) => text.push(Buffer.from(piece)));
  return Buffer.concat([...out, text.end()]).toString('latin1');
}

/** The text whole, byte by byte, and cut in two at every place. */
function everyCut(text: string): readonly (readonly Uint8Array[])[] {
  const bytes = Buffer.from(text, 'latin1');
  const halves = Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
  return [[bytes], byteByByte(bytes), ...halves];
}

const lineText = fc
  .array(fc.constantFrom('a', '\r', '\n', '\xff', '\0'), { maxLength: 30 })
  .map((units) => units.join(''));
const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 });

describe('text on its way to the network', () => {
  for (const [local, network] of [
    ['', ''],
    ['one\ntwo\n', 'one\r\ntwo\r\n'],
    ['one\r\ntwo', 'one\r\ntwo'],
    ['\n\n', '\r\n\r\n'],
    ['\r\r\n\r', '\r\r\n\r'],
    ['\r', '\r'],
    ['a\xff\n', 'a\xff\r\n'],
  ] as const) {
    test(`makes ${JSON.stringify(network)} of ${JSON.stringify(local)}, however it is cut`, async () => {
      for (const pieces of everyCut(local)) assert.equal(await toNetwork(pieces), network);
    });
  }

  test('has a CR before every LF, and nothing else changed, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(lineText, sizes, async (local, sizes) => {
        const network = await toNetwork(cut(Buffer.from(local, 'latin1'), sizes));
        assert.equal(network, local.replace(/(?<!\r)\n/g, '\r\n'));
      }),
    );
  });
});

describe('text on its way to the disk', () => {
  for (const [network, local] of [
    ['', ''],
    ['one\r\ntwo\r\n', 'one\ntwo\n'],
    ['one\ntwo', 'one\ntwo'],
    ['\r\r\n', '\r\n'],
    ['a\rb', 'a\rb'],
    ['a\r', 'a\r'],
    ['\r\n\r', '\n\r'],
    ['\xff\r\n', '\xff\n'],
  ] as const) {
    test(`makes ${JSON.stringify(local)} of ${JSON.stringify(network)}, however it is cut`, () => {
      for (const pieces of everyCut(network)) assert.equal(toLocal(pieces), local);
    });
  }

  test('loses the CR of every CRLF and nothing else, in any pieces', () => {
    fc.assert(
      fc.property(lineText, sizes, (network, sizes) => {
        assert.equal(toLocal(cut(Buffer.from(network, 'latin1'), sizes)), network.replaceAll('\r\n', '\n'));
      }),
    );
  });

  test('gives a held CR once, and none of the text before to the one behind', () => {
    const text = new ToLocalText();
    assert.equal(text.push(Buffer.from('a\r')).toString(), 'a');
    assert.equal(text.end().toString(), '\r');
    assert.equal(text.end().length, 0);
    assert.equal(text.push(Buffer.from('\n')).toString(), '\n');
  });

  test('comes back as it was sent where its lines end with LF', async () => {
    await fc.assert(
      fc.asyncProperty(lineText, sizes, async (text, sizes) => {
        const local = text.replaceAll('\r', '');
        const network = await toNetwork(cut(Buffer.from(local, 'latin1'), sizes));
        assert.equal(toLocal(cut(Buffer.from(network, 'latin1'), sizes)), local);
      }),
    );
  });
});
