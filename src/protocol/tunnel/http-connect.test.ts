import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ConnectTunnel } from './http-connect.ts';
import type { TunnelStep } from './tunnel.ts';

const target = { host: 'files.example.org', port: 2121 };

function receive(text: string, cuts: readonly number[] = [], request = target): TunnelStep {
  const tunnel = new ConnectTunnel(request);
  const bytes = Buffer.from(text, 'latin1');
  const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  let step = { kind: 'more' } as TunnelStep;
  for (const [index, edge] of edges.slice(1).entries()) {
    const piece = bytes.subarray(edges[index], edge);
    if (step.kind === 'failed') break;
    if (step.kind === 'open') step = { kind: 'open', rest: Buffer.concat([step.rest, piece]) };
    else step = tunnel.receive(piece);
  }
  return step;
}

const reasonOf = (step: TunnelStep) => (step.kind === 'failed' ? step.reason : step.kind);

describe('HTTP CONNECT', () => {
  test('names the target, and the login where there is one', () => {
    const textOf = (request: ConstructorParameters<typeof ConnectTunnel>[0]) =>
      Buffer.from(new ConnectTunnel(request).begin()).toString();
    assert.equal(
      textOf(target),
      'CONNECT files.example.org:2121 HTTP/1.1\r\nHost: files.example.org:2121\r\nUser-Agent: twinline\r\n\r\n',
    );
    assert.match(textOf({ host: '2001:db8::1', port: 21 }), /^CONNECT \[2001:db8::1\]:21 HTTP\/1\.1\r\n/);
    assert.match(textOf({ ...target, authorization: 'Basic eHg=' }), /\r\nProxy-Authorization: Basic eHg=\r\n\r\n$/);
    assert.throws(() => new ConnectTunnel({ host: 'a\r\nX: y', port: 21 }).begin(), TypeError);
  });

  for (const head of [
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.0 200\r\nVia: x\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 204 Fine\n\n',
    'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 Connection established\r\nProxy-Agent: y\r\n\r\n',
  ]) {
    test(`opens a tunnel behind ${JSON.stringify(head)}, however it is cut, and keeps the target's first bytes`, () => {
      const greeting = '220 Hello\r\n\r\n';
      const all = head + greeting;
      fc.assert(
        fc.property(fc.uniqueArray(fc.integer({ min: 1, max: all.length - 1 })), (cuts) => {
          const step = receive(all, cuts);
          assert.equal(step.kind === 'open' && Buffer.from(step.rest).toString(), greeting);
        }),
      );
      for (let end = 0; end < head.length; end += 1)
        assert.equal(receive(head.slice(0, end)).kind, 'more', String(end));
    });
  }

  test('has words for every refusal', () => {
    assert.equal(reasonOf(receive('HTTP/1.1 403 Forbidden\r\n\r\n<html>')), 'it answered 403 Forbidden');
    assert.equal(reasonOf(receive('HTTP/1.1 502\r\n\r\n')), 'it answered 502');
    assert.match(reasonOf(receive('HTTP/1.1 407 Login\r\n\r\n')), /407 Login \(it wants a user name/);
    const withLogin = { ...target, authorization: 'Basic eHg=' };
    assert.match(reasonOf(receive('HTTP/1.1 407 Login\r\n\r\n', [], withLogin)), /407 Login \(login refused\)/);
    assert.equal(reasonOf(receive('220 FTP server')), 'it does not speak HTTP');
    assert.equal(reasonOf(receive('HTTP/2 200\r\n\r\n')), 'it does not speak HTTP');
    assert.equal(reasonOf(receive('\x05\0')), 'it does not speak HTTP');
    assert.equal(reasonOf(receive('HTTP/1.1 400 \x1b[31mred\r\n\r\n')).includes('\x1b'), false);
  });

  test('bounds the answer', () => {
    assert.equal(reasonOf(receive(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`)), 'its answer is too long');
    assert.equal(reasonOf(receive('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000))), 'its answer is too long');
  });

  test('comes to an end with any bytes', () => {
    const pieces = fc.array(fc.constantFrom('HTTP/1.1 ', '200', '100', ' ', '\r\n', '\n', '\r', 'x', ':', '\0'));
    fc.assert(fc.property(pieces, (parts) => void receive(parts.join(''))));
  });
});
