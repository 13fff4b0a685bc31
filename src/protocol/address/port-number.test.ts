import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parsePort, requirePort } from './port-number.ts';

describe('parsePort', () => {
  test('reads 1 to 65535', () => {
    assert.equal(parsePort('1'), 1);
    assert.equal(parsePort('65535'), 65535);
    assert.equal(parsePort('00021'), 21);
  });

  for (const text of ['', '0', '65536', '000021', '-1', '+1', ' 1', '1 ', '1.0', '1e3', '0x15', '\u0661']) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.equal(parsePort(text), undefined));
  }
});

test('requirePort throws on what no command can carry', () => {
  requirePort(1);
  requirePort(65535);
  for (const port of [0, -1, 65536, 1.5, Number.NaN]) {
    assert.throws(() => requirePort(port), { name: 'LocalProtocolError', code: 'ERR_TWINLINE_ADDRESS' });
  }
});
