import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { firstScreen, type FirstScreenFacts } from './first-screen.ts';

const demo: FirstScreenFacts = {
  addresses: [
    { host: '127.0.0.1', port: 2121, mode: 'explicit' },
    { host: '127.0.0.1', port: 2990, mode: 'implicit' },
  ],
  root: '/here/twinline-data/files',
  certificate: { fingerprint256: 'AB:CD', selfSignedFile: '/here/twinline-data/tls/certificate.pem' },
  userNames: ['demo'],
  usersFrom: undefined,
  demo: { name: 'demo', password: 'abcd-efgh' },
  exampleFile: 'readme.txt',
  logFormat: 'pretty',
  command: 'npx twinline',
  workingDirectory: '/here',
  colour: false,
};

describe('the first screen', () => {
  test('of the demo server has all that a newcomer needs', () => {
    const lines = firstScreen(demo).split('\n');
    for (const line of [
      '  Explicit FTPS  ftpes://127.0.0.1:2121',
      '  Implicit FTPS  ftps://127.0.0.1:2990',
      '  Files          twinline-data/files',
      '  Certificate    twinline-data/tls/certificate.pem',
      '  SHA-256        AB:CD',
      '  User           demo',
      '  Password       abcd-efgh',
      '  curl --cacert twinline-data/tls/certificate.pem --ssl-reqd -u demo:abcd-efgh ftp://127.0.0.1:2121/readme.txt',
      '  npx twinline get --cacert twinline-data/tls/certificate.pem -u demo:abcd-efgh ftpes://127.0.0.1:2121/readme.txt',
    ]) {
      assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join('\n')}`);
    }
    assert.match(firstScreen(demo), /Ctrl-C stops the server/);
  });

  test("of an operator's server shows no password and trusts only real certificates", () => {
    const text = firstScreen({
      ...demo,
      addresses: [{ host: '::', port: 990, mode: 'implicit' }],
      certificate: { fingerprint256: 'AB:CD', selfSignedFile: undefined },
      userNames: ["o'neill", 'bob\u001b'],
      demo: undefined,
      exampleFile: undefined,
    });
    assert.match(text, / {2}Users +o'neill, bob\\x1B\n/);
    assert.match(text, / {2}curl -u 'o'\\''neill' ftps:\/\/\[::1\]:990\/\n/);
    assert.match(text, / {2}npx twinline ls -u 'o'\\''neill' ftps:\/\/\[::1\]:990\/\n/);
    assert.doesNotMatch(text, /Password|--cacert|-k /);
  });

  test('of a server without TLS says so', () => {
    const text = firstScreen({ ...demo, certificate: undefined });
    assert.match(text, /FTP in clear +ftp:\/\/127\.0\.0\.1:2121\n/);
    assert.match(text, / {2}curl -u demo:abcd-efgh ftp:/);
    assert.doesNotMatch(text, /SHA-256|ssl-reqd/);
  });

  test('is the same text with colours', () => {
    const coloured = firstScreen({ ...demo, colour: true });
    assert.notEqual(coloured, firstScreen(demo));
    assert.equal(stripVTControlCharacters(coloured), firstScreen(demo));
  });

  test('names where users come from whom it does not know, and shows where a name belongs', () => {
    const others = { ...demo, demo: undefined, userNames: [] };
    assert.match(firstScreen({ ...others, usersFrom: 'users-http' }), /Users +whom users-http lets in\n[^]*-u NAME /);
    assert.match(
      firstScreen({ ...others, userNames: ['bob'], usersFrom: 'users-program' }),
      /Users +bob, whom users-program/,
    );
    assert.match(firstScreen(others), /Users +none yet; add them with twinline user add/);
  });
});
