import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { FaultBook } from './fault-book.ts';
import { faultRecords } from './index.ts';
import { FaultRuleError, parseFault } from './parse-fault.ts';

describe('a rule', () => {
  test('says what, where and when', () => {
    const rule = parseFault('reset control to client after 600KiB of data down times 2 chance 30% session 3');
    assert.equal(rule.record.name, 'reset');
    assert.deepEqual(rule.trigger, { kind: 'bytes', line: 'data', direction: 'down', atBytes: 614_400 });
    assert.deepEqual([rule.line, rule.to, rule.times, rule.chance, rule.session], ['control', 'client', 2, 0.3, 3]);
  });

  const moments: readonly (readonly [string, object])[] = [
    ['fin', { kind: 'start' }],
    ['fin after 150', { kind: 'after-reply', code: 150 }],
    ['fin before 226', { kind: 'before-reply', code: 226 }],
    ['fin on retr', { kind: 'on-command', verb: 'RETR' }],
    ['fin after 5s', { kind: 'time', ms: 5000 }],
    ['fin after 150 bytes of control up', { kind: 'bytes', line: 'control', direction: 'up', atBytes: 150 }],
  ];
  for (const [text, trigger] of moments) {
    test(`knows the moment of "${text}"`, () => assert.deepEqual(parseFault(text).trigger, trigger));
  }

  test('has values with and without their words, and defaults', () => {
    assert.deepEqual(parseFault('latency 200ms jitter 50ms data').values, { delay: 200, jitter: 50 });
    assert.deepEqual(parseFault('latency 1.5s').values, { delay: 1500, jitter: 0 });
    assert.deepEqual(parseFault('bandwidth 200KiB/s').values, { rate: 204_800 });
    assert.deepEqual(parseFault('corrupt 4 bytes data').values, { count: 4 });
    assert.deepEqual(parseFault('delay 226 by 5s').values, { code: '226', delay: 5000 });
    assert.deepEqual(parseFault('replace 226 with "451 \\"No\\" after all."').values, {
      code: '226',
      text: '451 "No" after all.',
    });
    assert.equal(parseFault('stall data for 5s').forMs, 5000);
    assert.equal(parseFault('blackhole').record.name, 'stall');
  });

  test('happens once or always, as its record has it, unless it says otherwise', () => {
    assert.equal(parseFault('reset').times, 1);
    assert.equal(parseFault('reset always').times, Infinity);
    assert.equal(parseFault('latency 1s').times, Infinity);
    assert.equal(parseFault('latency 1s times 2').times, 2);
  });

  for (const { name, examples } of faultRecords) {
    test(`is understood in every example of ${name}`, () => {
      for (const example of examples) assert.equal(parseFault(example).record.name, name);
    });
  }

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['', /it is empty; write for example "reset control/],
    ['resett control', /"resett" is no fault; there are reset, fin/],
    ['reset contrl', /"contrl" has no place in it; what may follow is control, data/],
    ['reset control data', /"line" is said twice/],
    ['reset after', /behind "after" stands a reply code, a time, or bytes/],
    ['reset after 600KiB of data', /bytes are counted as in "after 600KiB of data down"/],
    ['reset before noon', /behind "before" stands a reply code/],
    ['latency', /latency needs a time such as 200ms, 5s or 2min \(how late\), as in/],
    ['latency 200', /"200" has no place in it; latency takes a time/],
    ['bandwidth 200KiB', /bandwidth takes a rate such as 200KiB\/s/],
    ['drop 226 data', /drop is about the control line/],
    ['reset chance 200', /behind "chance" stands a share/],
    ['reset times none', /behind "times" stands a number/],
    ['wrong-pasv 300.1.1.1', /wrong-pasv takes HOST or HOST:PORT/],
    ['replace 226 with', /is not text in quotes/],
  ];
  for (const [text, message] of mistakes) {
    test(`is refused with a hint: "${text}"`, () => {
      assert.throws(() => parseFault(text), { message });
      assert.throws(() => parseFault(text), FaultRuleError);
    });
  }
});

describe('the chance of faults', () => {
  const drawn = (seed: number): readonly boolean[] => {
    const book = new FaultBook(seed);
    const fault = book.add(parseFault('reset chance 50% always')) ?? assert.fail('no room');
    return Array.from({ length: 40 }, () => book.draw(fault, 1));
  };

  test('comes again with the same seed, and not with another', () => {
    assert.deepEqual(drawn(1), drawn(1));
    assert.notDeepEqual(drawn(1), drawn(2));
    assert.ok(drawn(1).includes(true) && drawn(1).includes(false));
  });

  test('ends with the times that a rule may happen, and counts in its session alone', () => {
    const book = new FaultBook(1);
    const fault = book.add(parseFault('reset times 2 session 7')) ?? assert.fail('no room');
    assert.deepEqual(
      [1, 7, 7, 7].map((session) => book.draw(fault, session)),
      [false, true, true, false],
    );
    assert.deepEqual(book.states, [{ id: 1, fault: 'reset times 2 session 7', happened: 2, timesLeft: 0 }]);
  });
});
