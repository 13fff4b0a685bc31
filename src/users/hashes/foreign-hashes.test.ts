import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, UserStoreError } from '../../errors/index.ts';
import { Secret } from '../user-store.ts';
import { costClassOf, isOutdated, looksLikePasswordHash, parsePasswordHash, verifyPassword } from './index.ts';

const password = 'pässwörd ✓';
const passlibSalt = 'Af77/zAxMjM0NTY3ODk';

/** Made by libxcrypt 4.4, OpenSSL 3 and Python's hashlib. */
const vectors: readonly (readonly [string, string])[] = [
  [
    'sha512-crypt',
    '$6$saltstring$15jqUSAswZWfOjNLJROBwo6iBdXG4tHikTwNPTMhEM/vwVC6Z5Xj9XHAWoE54dlBb8WNOt4yAt0rBUAeeYFFv.',
  ],
  [
    'sha512-crypt with rounds',
    '$6$rounds=1400$anotherlongsalts$EbuLYcAAK4abB2LRZqlINVhByCD82m8oZylRQdzSyyWbUuQ3h2/.qX6T32DNulL6manCvyPcCeoxfh7HPS4QQ/',
  ],
  ['sha256-crypt', '$5$saltstring$q2EDqpyXWJHcuzw7jZl412w1rwrFlqWx4UlBzy.AJF2'],
  ['sha256-crypt with rounds', '$5$rounds=10000$saltstringsaltst$H4wjHpirGqIHgSS1pho0m8flY3m1tvaH2ut3R4wanV7'],
  ['LDAP {CRYPT}', '{CRYPT}$5$saltstring$q2EDqpyXWJHcuzw7jZl412w1rwrFlqWx4UlBzy.AJF2'],
  ['bcrypt $2b$', '$2b$04$abcdefghijklmnopqrstuuESmz2KlYgnhSMqAh8U2JHaWhc4kF.6a'],
  ['bcrypt $2y$', '$2y$05$abcdefghijklmnopqrstuucXzl.EdFiYZ8M9ef3QFcQ5vnOe67Nqe'],
  ['bcrypt $2a$', '$2a$05$abcdefghijklmnopqrstuucXzl.EdFiYZ8M9ef3QFcQ5vnOe67Nqe'],
  ['bcrypt of Django', 'bcrypt$$2b$04$abcdefghijklmnopqrstuuESmz2KlYgnhSMqAh8U2JHaWhc4kF.6a'],
  ['PBKDF2 of passlib, SHA-1', `$pbkdf2$1000$${passlibSalt}$zWGgKYos5Kv7ruP.W./LG3YjPKY`],
  ['PBKDF2 of passlib, SHA-256', `$pbkdf2-sha256$1000$${passlibSalt}$M5keCf8UZqmMdB2GrCqy/xuBGHLflBuM9c70kLohSmw`],
  [
    'PBKDF2 of LDAP, SHA-512',
    `{PBKDF2-SHA512}1000$${passlibSalt}$AH/ieZ3zyv0zs673OfTGg5.1vwF4c0Fs06t1xXu.LXGOfEG4ABXtAyhlZBvKptjx2d9bSCZcPFghEtJDSHcBFw`,
  ],
  ['PBKDF2 of Django', 'pbkdf2_sha256$1000$NaClText$LNCJtyXan5sU0vlumng4YKxb4BR6Szy4YoiKmws/isA='],
  ['scrypt of passlib', `$scrypt$ln=4,r=8,p=1$${passlibSalt}$lkHSCxinEn1taGXXoKpEZhUUH9DZi82u5PeLcz52QTA`],
  [
    'scrypt of Django',
    'scrypt$NaClText$16$8$1$nuRxDGC8BF1HWcrfoi19dP1FEKoK73iFo80WjDb8hLcI4wIXG2ClzJNwNG24PV4fZXRJP+SkVr6QWHC3UFz18A==',
  ],
];

const yescrypt: readonly (readonly [string, string])[] = [
  ['yescrypt', '$y$j75$F5Jx5fExrKuPp53xLKQ..1$PYafPrabUqu08dVFIvOaHMftSUu2jKVHccLtUFg9566'],
  ['yescrypt of Debian', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$nPQvF0PYqs7ae8IhCMMY8xGSDurqDYxx.ZnPo1EQCV0'],
];

/** Why yescrypt cannot be checked here, if so. */
function yescryptProblem(): string | false {
  try {
    parsePasswordHash(yescrypt[0]?.[1] ?? '');
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the hash of another program', () => {
  for (const [name, hash] of [...vectors, ...yescrypt]) {
    const skip = name.startsWith('yescrypt') ? yescryptProblem() : false;
    test(`in the form ${name} is verified, and refuses every other password`, { skip }, async () => {
      assert.equal(await verifyPassword(new Secret(password), hash), true);
      for (const wrong of ['', 'pässwörd', `${password} `, `${password}\0`, 'PÄSSWÖRD ✓', 'x'.repeat(2_000)]) {
        assert.equal(await verifyPassword(new Secret(wrong), hash), false, JSON.stringify(wrong));
      }
      assert.ok(looksLikePasswordHash(hash) || /^(?:bcrypt|scrypt)\$/.test(hash));
      assert.ok(isOutdated(parsePasswordHash(hash)));
    });
  }

  test('is verified for a password that is longer than the digest, and for an empty one', async () => {
    const long = '$6$saltstring$Ft0I09S7k3W0/lLoU7IVWx7lH2mmRFb/L3K401hnJSTdvAW2pupqvJfGzT7yzGr7gVL3oLKy.TcXRPx64Z.ZV1';
    assert.equal(await verifyPassword(new Secret('x'.repeat(300)), long), true);
    assert.equal(
      await verifyPassword(new Secret('x'.repeat(300)), '$5$saltstring$efBsD6lG36eGNlaol3.u9Y5ESDWuCWOkHOuiPnuaa/1'),
      true,
    );
    assert.equal(
      await verifyPassword(new Secret(''), '$5$saltstring$FdNfA4gXqvCeO6iZs7G/.wwwoywYZqo0l1pwmfWaBA7'),
      true,
    );
  });

  test('is checked beside the event loop, many at once', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const hash =
      '$6$rounds=50000$saltstring$15jqUSAswZWfOjNLJROBwo6iBdXG4tHikTwNPTMhEM/vwVC6Z5Xj9XHAWoE54dlBb8WNOt4yAt0rBUAeeYFFv.';
    await Promise.all([1, 2, 3].map(() => verifyPassword(new Secret(password), hash)));
    clearInterval(timer);
    assert.ok(turns > 5, `${turns} turns`);
  });

  test('that waits behind others is given up when nobody wants its answer', async () => {
    const [, hash = ''] = vectors[0] ?? [];
    const first = verifyPassword(new Secret(password), hash);
    const given = new AbortController();
    const second = verifyPassword(new Secret(password), hash, given.signal);
    given.abort();
    await assert.rejects(second, UserStoreError);
    assert.equal(await first, true);
  });

  test('belongs to a class of those that cost the same', () => {
    const classOf = (hash: string): string => costClassOf(parsePasswordHash(hash));
    const [sha, shaRounds] = vectors.map(([, hash]) => hash);
    assert.equal(classOf(sha ?? ''), classOf((sha ?? '').replace('saltstring', 'another')));
    assert.notEqual(classOf(sha ?? ''), classOf(shaRounds ?? ''));
    assert.equal(new Set(vectors.map(([, hash]) => classOf(hash))).size, 10);
  });
});

/** What is refused, and a word of the reason. */
const refused: readonly (readonly [string, RegExp])[] = [
  ['$1$saltsalt$WAwO/FqFlP1FzuCVsHzeT1', /MD5-crypt.*new password/],
  ['$apr1$saltsalt$WAwO/FqFlP1FzuCVsHzeT1', /Apache's MD5/],
  ['{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=', /plain SHA/],
  ['{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9gabcd', /plain SHA/],
  ['5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8', /plain digest/],
  ['abzp3RXJm5gNA', /DES-crypt/],
  ['$2x$05$abcdefghijklmnopqrstuucXzl.EdFiYZ8M9ef3QFcQ5vnOe67Nqe', /bcrypt/],
  ['$argon2i$v=19$m=16,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA', /Argon2i/],
  ['secret', /no password hash/],
  ['', /no password hash/],
  ['$6$salt$short', /malformed/],
  ['$2y$05$short', /malformed/],
  ['$y$zzz', /malformed/],
  ['$pbkdf2-sha256$1000$salt', /malformed/],
  ['$scrypt$ln=4,r=8,p=1$x', /malformed/],
  [`$6$rounds=9999999$salt$${'a'.repeat(86)}`, /too much/],
  ['$2y$16$abcdefghijklmnopqrstuucXzl.EdFiYZ8M9ef3QFcQ5vnOe67Nqe', /too much/],
  [`$pbkdf2-sha256$99999999$${passlibSalt}$M5keCf8UZqmMdB2GrCqy/xuBGHLflBuM9c70kLohSmw`, /too much/],
  [`$scrypt$ln=30,r=8,p=1$${passlibSalt}$lkHSCxinEn1taGXXoKpEZhUUH9DZi82u5PeLcz52QTA`, /too much/],
];

test('a hash that is not taken is refused with what it is, and never repeated', () => {
  for (const [hash, reason] of refused) {
    assert.throws(
      () => parsePasswordHash(hash),
      (error) =>
        error instanceof ConfigError && reason.test(error.message) && (hash === '' || !error.message.includes(hash)),
      hash,
    );
  }
});

test('a password in clear is not taken for a hash', () => {
  for (const text of ['secret', '$ecret', '$5', '{secret}', '5baa61e4', '$money$']) {
    assert.equal(looksLikePasswordHash(text), false, text);
  }
});
