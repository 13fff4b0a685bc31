import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { modes, startPair } from '../../../test/fixtures/client-pair.ts';

const [plain] = modes;
const sha256 = 'ab'.repeat(32);
const md5 = 'cd'.repeat(16);

function featuring(...features: string[]): string {
  return `211-Features:\n${features.map((feature) => ` ${feature}\n`).join('')}211 End`;
}

describe('a digest', () => {
  test('comes from HASH by the algorithm that is asked for, chosen once', async () => {
    const commands = {
      FEAT: featuring('HASH MD5;SHA-256*;SHA-3-512'),
      HASH: `213 SHA-256 0-5 ${sha256.toUpperCase()} ${md5}`,
    };
    await using pair = await startPair(plain, { commands });
    assert.deepEqual(await pair.client.hashAlgorithms(), ['SHA-256', 'MD5', 'SHA-3-512']);
    for (let times = 0; times < 2; times += 1)
      assert.deepEqual(await pair.client.hash(md5), { algorithm: 'SHA-256', digest: sha256 });
    assert.equal(pair.session.commands.filter((command) => command === 'OPTS HASH SHA-256').length, 1);
    await pair.client.raw('OPTS HASH MD5');
    await pair.client.hash(md5);
    assert.equal(pair.session.commands.filter((command) => command === 'OPTS HASH SHA-256').length, 2);
  });

  test('comes from the X commands where there is no HASH, and for a range', async () => {
    const commands = {
      FEAT: featuring('XMD5', 'XSHA256', 'XCRC'),
      XSHA256: `250 ${sha256}`,
      XMD5: `213 "${md5}"`,
      XCRC: '250 DEADBEEF',
    };
    await using pair = await startPair(plain, { commands });
    assert.deepEqual(await pair.client.hash('f'), { algorithm: 'SHA-256', digest: sha256 });
    assert.deepEqual(await pair.client.hash('f', { algorithm: 'crc32' }), { algorithm: 'CRC32', digest: 'deadbeef' });
    assert.equal((await pair.client.hash('a b', { from: 1, to: 9, algorithm: 'MD5' })).digest, md5);
    assert.equal(pair.session.commands.at(-1), 'XMD5 "a b" 1 9');
    await assert.rejects(pair.client.hash('f', { from: 9, to: 1 }), { code: 'ERR_TWINLINE_ARGUMENT' });
  });

  test('is an error of its own where the server has no command for it', async () => {
    await using pair = await startPair(plain, { commands: { FEAT: featuring('HASH SHA-1*') } });
    assert.deepEqual(await pair.client.hashAlgorithms(), ['SHA-1']);
    const error = { code: 'ERR_TWINLINE_NOT_SUPPORTED', needs: ['HASH', 'XSHA256'] };
    await assert.rejects(pair.client.hash('f', { algorithm: 'SHA-256' }), error);
    await assert.rejects(pair.client.hash('f', { from: 1 }), { code: 'ERR_TWINLINE_NOT_SUPPORTED' });
    await using none = await startPair(plain, { commands: { FEAT: '500 What?' } });
    assert.deepEqual(await none.client.hashAlgorithms(), []);
    await assert.rejects(none.client.hash('f'), { code: 'ERR_TWINLINE_NOT_SUPPORTED' });
  });

  test('is never guessed from an answer that holds none', async () => {
    for (const HASH of ['213 SHA-256 0-5 abc f', `213 MD5 0-5 ${sha256} f`, `213 Here: ${sha256}`]) {
      await using pair = await startPair(plain, { commands: { FEAT: featuring('HASH SHA-256*'), HASH } });
      await assert.rejects(pair.client.hash('f'), { code: 'ERR_TWINLINE_UNEXPECTED_REPLY' });
    }
    await using pair = await startPair(plain, { commands: { FEAT: featuring('HASH MD5*'), HASH: '550 No' } });
    await assert.rejects(pair.client.hash('f'), { code: 'ERR_TWINLINE_REFUSED', replyCode: 550 });
  });
});

describe('a modification time', () => {
  const timeMs = Date.UTC(2012, 10, 12, 22, 33, 35);

  test('is set by MFMT where FEAT has it', async () => {
    const commands = { FEAT: featuring('MFMT'), MFMT: '213 Modify=20121112223335; a b' };
    await using pair = await startPair(plain, { commands });
    await pair.client.setModified('a b', timeMs + 7);
    assert.equal(pair.session.commands.at(-1), 'MFMT 20121112223335 a b');
    await assert.rejects(pair.client.setModified('a', Number.NaN), { code: 'ERR_TWINLINE_ARGUMENT' });
  });

  test('is set by MDTM where the server takes a time there, and is looked at afterwards', async () => {
    await using pair = await startPair(plain, { commands: { FEAT: '502 No', MDTM: '213 20121112223335' } });
    await pair.client.setModified('f', timeMs);
    assert.deepEqual(pair.session.commands.slice(-2), ['MDTM 20121112223335 f', 'MDTM f']);
    await assert.rejects(pair.client.setModified('f', 0), { code: 'ERR_TWINLINE_NOT_SUPPORTED' });
    await using old = await startPair(plain, { commands: { FEAT: '502 No', MDTM: '550 No such file' } });
    await assert.rejects(old.client.setModified('f', timeMs), { code: 'ERR_TWINLINE_NOT_SUPPORTED' });
  });
});

test('a mode is written in octal, three digits or four', async () => {
  await using pair = await startPair(plain, { commands: { SITE: '200 Set' } });
  await pair.client.changeMode('a b', 0o44);
  await pair.client.changeMode('a b', 0o4755);
  assert.deepEqual(pair.session.commands.slice(-2), ['SITE CHMOD 044 a b', 'SITE CHMOD 4755 a b']);
});
