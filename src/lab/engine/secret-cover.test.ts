import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Random } from '../../peer/index.ts';
import { SecretCover } from './secret-cover.ts';

const dialogue = 'USER anna\r\nPASS open sesame\r\nPWD\r\npass x\r\nACCT 42\nPASSIVE mode\r\nPASS';

describe('the cover of secrets on a control line', () => {
  test('leaves nothing of what stands behind PASS and ACCT, and all of the rest', () => {
    assert.equal(
      new SecretCover().cover(dialogue),
      'USER anna\r\nPASS ********\r\nPWD\r\npass ********\r\nACCT ********\nPASSIVE mode\r\nPASS',
    );
  });

  test('shows the same however the line is cut', () => {
    const whole = new SecretCover().cover(dialogue);
    const random = new Random(11);
    for (let round = 0; round < 200; round++) {
      const cover = new SecretCover();
      let shown = '';
      for (let at = 0; at < dialogue.length;) {
        const length = random.between(1, 9);
        shown += cover.cover(dialogue.slice(at, at + length));
        at += length;
      }
      // A CR that comes apart from its LF belongs to the secret.
      assert.equal(shown.replaceAll('\r', ''), whole.replaceAll('\r', ''));
    }
  });
});
