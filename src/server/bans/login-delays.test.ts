import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LoginDelays } from './login-delays.ts';

const limits = { loginDelayMs: 300, maxLoginDelayMs: 10_000, banWindowMs: 600_000, ipv6PrefixBits: 64 };

class Clock {
  ms = 1;
}

function createDelays(clock: Clock): LoginDelays {
  return new LoginDelays(
    () => ({ limits, isExempt: (address) => address === '127.0.0.1' }),
    () => clock.ms,
  );
}

describe('the delays of logins', () => {
  test('double with each refusal of an address, up to a bound', () => {
    const delays = createDelays(new Clock());
    const waits = Array.from({ length: 8 }, (_, index) => delays.refused('192.0.2.1', `name${index}`));
    assert.deepEqual(waits, [300, 600, 1200, 2400, 4800, 9600, 10_000, 10_000]);
    assert.equal(delays.refused('192.0.2.2', 'other'), 300);
    assert.equal(delays.refused('2001:db8::1', 'other'), 300);
    assert.equal(delays.refused('2001:db8::2', 'other'), 600);
  });

  test('hold back a login over another connection until the refused one is answered, and the next behind it', () => {
    const clock = new Clock();
    const delays = createDelays(clock);
    assert.equal(delays.before('192.0.2.1', 'a'), 0);
    delays.refused('192.0.2.1', 'a');
    assert.equal(delays.before('192.0.2.1', 'a'), 300);
    assert.equal(delays.before('192.0.2.1', 'a'), 600);
    assert.equal(delays.before('192.0.2.2', 'a'), 0);
    clock.ms += 901;
    assert.equal(delays.before('192.0.2.1', 'a'), 0);
  });

  test('make a name that is guessed at wait from anywhere, but not where it has logged in', () => {
    const delays = createDelays(new Clock());
    delays.accepted('192.0.2.9', 'anna');
    for (let index = 1; index <= 7; index += 1) delays.refused(`192.0.2.${10 + index}`, 'anna');
    assert.equal(delays.before('198.51.100.1', 'anna'), 1200);
    assert.equal(delays.before('198.51.100.1', 'bob'), 0);
    assert.equal(delays.before('192.0.2.9', 'anna'), 0);
  });

  test('end with the window', () => {
    const clock = new Clock();
    const delays = createDelays(clock);
    for (let index = 0; index < 7; index += 1) delays.refused('192.0.2.1', 'anna');
    clock.ms += limits.banWindowMs + 20_000;
    assert.equal(delays.refused('192.0.2.1', 'anna'), 300);
    assert.equal(delays.before('192.0.2.7', 'anna'), 0);
  });

  test('do not grow for an exempt address', () => {
    const delays = createDelays(new Clock());
    for (let index = 0; index < 7; index += 1) assert.equal(delays.refused('127.0.0.1', 'anna'), 300);
    assert.equal(delays.before('127.0.0.1', 'anna'), 0);
  });
});
