import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { judgeDownload, judgeUpload } from './verdict.ts';

const whole = { ending: 'close-notify', secured: true, confirmed: true, bytesHere: 10, bytesThere: 10 } as const;

describe('the verdict on a download', () => {
  test('is complete when both lines say so and the size agrees or is not known', () => {
    assert.equal(judgeDownload(whole).outcome, 'complete');
    assert.equal(judgeDownload({ ...whole, bytesThere: undefined }).outcome, 'complete');
    assert.equal(judgeDownload({ ...whole, secured: false, ending: 'fin', bytesThere: undefined }).outcome, 'complete');
  });

  test('takes an end without close_notify only where the size proves the file whole', () => {
    assert.equal(judgeDownload({ ...whole, ending: 'fin' }).outcome, 'complete');
    const verdict = judgeDownload({ ...whole, ending: 'fin', bytesThere: undefined });
    assert.equal(verdict.outcome === 'incomplete' && verdict.code, 'ERR_TWINLINE_DATA_TRUNCATED');
  });

  test('is incomplete after a broken line, whatever the reply and the size say', () => {
    for (const ending of ['reset', 'timeout', 'error', 'local'] as const) {
      const verdict = judgeDownload({ ...whole, ending });
      assert.equal(verdict.outcome === 'incomplete' && verdict.code, 'ERR_TWINLINE_DATA_LOST', ending);
    }
  });

  test('is incomplete when the size differs, in either direction', () => {
    for (const bytesHere of [9, 11]) {
      const verdict = judgeDownload({ ...whole, bytesHere });
      assert.equal(verdict.outcome === 'incomplete' && verdict.code, 'ERR_TWINLINE_INCOMPLETE');
      assert.match(
        verdict.outcome === 'incomplete' ? verdict.why : '',
        new RegExp(`${bytesHere} bytes here, 10 bytes there`),
      );
    }
  });

  test('without a final reply is unconfirmed when the size agrees, and incomplete when it is not known', () => {
    assert.equal(judgeDownload({ ...whole, confirmed: false }).outcome, 'unconfirmed');
    const verdict = judgeDownload({ ...whole, confirmed: false, bytesThere: undefined });
    assert.equal(verdict.outcome === 'incomplete' && verdict.code, 'ERR_TWINLINE_CONTROL_LOST');
  });
});

describe('the verdict on an upload', () => {
  const sent = { ending: 'fin', confirmed: true, early: false, bytesHere: 10, bytesThere: 10 } as const;

  test('is complete when the server confirms, however orderly it ends its own half', () => {
    for (const ending of ['close-notify', 'fin', 'no-answer'] as const) {
      assert.equal(judgeUpload({ ...sent, ending }).outcome, 'complete', ending);
    }
    assert.equal(judgeUpload({ ...sent, bytesThere: undefined }).outcome, 'complete');
  });

  test('is incomplete without a reply, after a reset and with another size', () => {
    const codeOf = (evidence: Partial<Parameters<typeof judgeUpload>[0]>) => {
      const verdict = judgeUpload({ ...sent, ...evidence });
      return verdict.outcome === 'incomplete' ? verdict.code : verdict.outcome;
    };
    assert.equal(codeOf({ confirmed: false }), 'ERR_TWINLINE_CONTROL_LOST');
    assert.equal(codeOf({ ending: 'reset' }), 'ERR_TWINLINE_DATA_LOST');
    assert.equal(codeOf({ bytesThere: 9 }), 'ERR_TWINLINE_INCOMPLETE');
  });

  test('does not believe a reply that came before the file was sent, unless the size or the end of the line agrees', () => {
    const early = { ...sent, early: true, ending: 'no-answer', bytesThere: undefined } as const;
    assert.equal(judgeUpload(early).outcome, 'incomplete');
    assert.equal(judgeUpload({ ...early, bytesThere: 10 }).outcome, 'complete');
    assert.equal(judgeUpload({ ...early, ending: 'fin' }).outcome, 'complete');
  });
});
