import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { TwinlineError } from '../../../errors/index.ts';
import { createTempFolder } from '../../../testing/index.ts';
import { readConfigFile } from '../config-file.ts';
import { GivenSettings } from '../given-settings.ts';
import { resolveSettings, type ServeSettings } from '../settings.ts';

async function settingsOf(toml: string): Promise<ServeSettings> {
  await using folder = await createTempFolder();
  await writeFile(folder.join('server.toml'), toml);
  const { settings, problems } = await readConfigFile(folder.join('server.toml'));
  return resolveSettings(new GivenSettings({}, settings), problems);
}

describe('the places where users are looked up', () => {
  test('are read from tables, and from options', async () => {
    const http = await settingsOf(
      '[users-http]\nurl = "https://auth.example.org/ftp"\nsecret-env = "SECRET"\nheader = ["X-Realm: ftp", "X-More:1:2"]\ntimeout = "500 ms"\nmax-calls = 3\n',
    );
    assert.deepEqual(http.httpHook, {
      url: 'https://auth.example.org/ftp',
      headers: { 'X-Realm': 'ftp', 'X-More': '1:2' },
      secretFile: undefined,
      secretEnv: 'SECRET',
      caFile: undefined,
      timeoutMs: 500,
      maxCalls: 3,
    });
    const program = resolveSettings(
      new GivenSettings({ usersProgram: ['command=/bin/login', 'command=-x', 'timeout=2'] }),
    );
    assert.deepEqual(program.programHook, { command: ['/bin/login', '-x'], timeoutMs: 2_000 });
    const anonymous = await settingsOf('anonymous = true\nanonymous-upload = "/in"\n');
    assert.deepEqual(anonymous.anonymous, { uploadFolder: '/in' });
  });

  test('may be several at once', async () => {
    const both = await settingsOf('user = ["a:b"]\nusers-db = "users.db"\nadmin = ["a"]\n');
    assert.equal(both.users.length, 1);
    assert.ok(both.usersDb?.endsWith('users.db'));
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['[users-http]\ntimeout = 1\n', /users-http\.url must be a URL/],
    ['[users-http]\nurl = "ftp://hidden/"\n', /server\.toml:2: users-http\.url must be a URL/],
    ['[users-http]\nurl = "https://a/"\ntimeout = "1 min"\n', /:3: users-http\.timeout takes seconds up to 25/],
    ['[users-http]\nurl = "https://a/"\nmax-calls = 0\n', /:3: users-http\.max-calls takes a number/],
    ['[users-http]\nurl = "https://a/"\nheader = "hidden"\n', /:3: users-http\.header takes NAME:VALUE/],
    ['[users-http]\nurl = "https://a/"\nsecret-env = "A"\nsecret-file = "b"\n', /secret-env and secret-file exclude/],
    ['[users-program]\ncommand = "login --x"\n', /:2: users-program\.command must begin with the absolute path/],
    ['[users-program]\ncommand = "/x"\n[users-http]\nurl = "https://a/"\n', /users-program and users-http exclude/],
    ['anonymous-upload = "/in"\n', /anonymous-upload has no meaning without --anonymous/],
    ['anonymous = true\nanonymous-home = "pub"\n', /:2: anonymous-home cannot be used: .*absolute path/],
    ['anonymous = true\nread-only = true\nanonymous-upload = "/in"\n', /anonymous-upload contradicts --read-only/],
    ['users-db = "users.db"\nadmin = ["a"]\n', /admin is not for the users of a database/],
  ];
  for (const [toml, says] of wrong) {
    test(`are refused with a sentence: ${JSON.stringify(toml)}`, async () => {
      await assert.rejects(settingsOf(toml), (error) => {
        assert.ok(error instanceof TwinlineError);
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /hidden/);
        return true;
      });
    });
  }
});
