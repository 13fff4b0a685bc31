/** Values within commands and replies: addresses, times, numbers, paths, patterns of names. */

import assert from 'node:assert/strict';
import {
  compileGlob,
  decodePathText,
  encodePathText,
  hasControlCharacters,
  isPrivate,
  normaliseAddress,
  parentPath,
  parseAlloSize,
  parseEprtArgument,
  parseEpsvArgument,
  parseEpsvReplyText,
  parseHostPort,
  parseIpAddress,
  parsePassiveReply,
  parsePbsz,
  parseRestOffset,
  parseTimeValue,
  printable,
  resolvePath,
  sameAddress,
  serialiseEprtArgument,
  serialiseEpsvReplyText,
  serialiseHostPort,
  serialiseIpAddress,
  serialiseTimeValue,
} from '../../../src/protocol/index.ts';
import { defineFuzzer } from '../fuzzer.ts';

const textOf = (input: Uint8Array): string => decodePathText(input);

function checkActive(text: string): void {
  const target = parseEprtArgument(text);
  if (target !== undefined && !('unsupported' in target)) {
    assert.ok(target.port >= 1 && target.port <= 65_535);
    assert.deepEqual(parseEprtArgument(serialiseEprtArgument(target)), target);
  }
  const hostPort = parseHostPort(text);
  if (hostPort === undefined) return;
  assert.deepEqual(parseHostPort(serialiseHostPort(hostPort.host, hostPort.port)), hostPort);
  assert.deepEqual(parsePassiveReply(`Entering Passive Mode (${text})`), hostPort);
}

function checkPassive(text: string): void {
  const port = parseEpsvReplyText(text);
  if (port !== undefined) assert.equal(parseEpsvReplyText(serialiseEpsvReplyText(port)), port);
  const found = parsePassiveReply(text);
  if (found !== undefined) assert.deepEqual(parsePassiveReply(serialiseHostPort(found.host, found.port)), found);
  const epsv = parseEpsvArgument(text);
  if (epsv?.kind === 'protocol') assert.ok(Number.isSafeInteger(epsv.protocol) && epsv.protocol >= 0);
}

function checkAddress(text: string): void {
  const address = parseIpAddress(text);
  const normal = normaliseAddress(text);
  if (address !== undefined) assert.deepEqual(parseIpAddress(serialiseIpAddress(address)), address);
  assert.equal(sameAddress(text, text), normal !== undefined);
  if (normal === undefined) return;
  assert.equal(normaliseAddress(normal), normal);
  assert.equal(isPrivate(text), isPrivate(normal));
}

export const addresses = defineFuzzer({
  name: 'addresses',
  words: [
    ...['|1|', '|2|', '|', '127.0.0.1', '::1', '::ffff:127.0.0.1', 'fe80::1%eth0', '2001:db8::', ':', '::'],
    ...['1,2,3,4,5,6', ',', '255', '256', '0', '00', '65535', '65536', '(|||50000|)', '(', ')', 'ALL', '-', ' ', '!'],
  ],
  runs: 6000,
  check(input) {
    const text = textOf(input);
    checkActive(text);
    checkPassive(text);
    checkAddress(text);
  },
});

export const timeValues = defineFuzzer({
  name: 'time-values',
  words: [
    '20121105223359',
    '19700101000000',
    '00000229',
    '.123',
    '.',
    '0',
    '9',
    '60',
    '2460',
    '99991231235960',
    '-',
    ' ',
  ],
  runs: 6000,
  check(input) {
    const text = textOf(input);
    const ms = parseTimeValue(text);
    if (ms !== undefined) {
      assert.ok(Number.isSafeInteger(ms));
      const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
      if (ms <= latest) assert.equal(parseTimeValue(serialiseTimeValue(ms)), ms);
    }
    for (const parse of [parseRestOffset, parsePbsz, parseAlloSize]) {
      const value = parse(text);
      assert.ok(value === undefined || (Number.isSafeInteger(value) && value >= 0));
    }
  },
});

export const pathText = defineFuzzer({
  name: 'path-text',
  words: [
    '/',
    '..',
    '.',
    '//',
    'a',
    '\xc3\xa9',
    '\xe6\xbc\xa2',
    '\xf0\x9f\x98\x80',
    '\xff',
    '\xed\xb2\x80',
    '\xc0\xaf',
    '\0',
    '\r\n',
    ' ',
    '~',
  ],
  runs: 6000,
  check(input) {
    const text = textOf(input);
    assert.deepEqual(Buffer.from(encodePathText(text)), Buffer.from(input), 'bytes come back');
    assert.equal(hasControlCharacters(printable(text)), false);
    const base = resolvePath('/', text.slice(0, text.length / 2));
    const path = resolvePath(base, text);
    assert.ok(path.startsWith('/') && (path === '/' || !path.endsWith('/')));
    assert.ok(
      path.split('/').every((name, i) => name !== '..' && name !== '.' && (name !== '' || i === 0 || path === '/')),
    );
    assert.equal(resolvePath('/anywhere', path), path, 'a resolved path names itself');
    assert.ok(path === '/' || path.startsWith(parentPath(path)));
  },
});

export const globs = defineFuzzer({
  name: 'globs',
  words: ['*', '**', '?', '[', ']', '[a-z]', '[!a]', '[^]', 'a', 'aaaa', '\\', '\xc3\xa9', '\xff', ' ', '-', '*a*b*c'],
  runs: 3000,
  check(input) {
    const text = textOf(input);
    const half = Math.floor(text.length / 2);
    const matches = compileGlob(text.slice(0, half));
    if (matches === undefined) return;
    matches(text.slice(half));
    matches('a'.repeat(5000));
    const pattern = text.slice(0, half);
    if (!/[*?[]/.test(pattern)) assert.equal(matches(pattern), true);
    assert.equal(compileGlob('*')?.(text), true);
  },
});
