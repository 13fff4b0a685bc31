import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { ConfigError } from '../../errors/index.ts';
import { createTempFolder } from '../../testing/index.ts';
import { readConfigFile } from './config-file.ts';
import { TomlLines } from './toml-lines.ts';

async function withFile<T>(text: string, work: (path: string, folder: string) => Promise<T>): Promise<T> {
  await using folder = await createTempFolder();
  const path = folder.join('server.toml');
  await writeFile(path, text);
  return await work(path, folder.path);
}

async function refusals(text: string): Promise<readonly string[]> {
  return withFile(text, async (path) => {
    const errors = await readConfigFile(path).then(
      ({ problems }) => problems,
      (reason: unknown) => [reason],
    );
    return errors.map((error) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.ok(!error.message.includes('\n'), error.message);
      return error.message.replace(path, 'server.toml');
    });
  });
}

async function refusal(text: string): Promise<string> {
  const [first, ...more] = await refusals(text);
  assert.deepEqual(more, []);
  return first ?? assert.fail(`was taken: ${text}`);
}

describe('the configuration file', () => {
  test('has the names of the options as keys', async () => {
    const text = [
      '# a server for the office',
      'listen = ["0.0.0.0:21", "[::]:21"]',
      'tls = "optional"',
      '"read-only" = true',
      'user = "alice:secret"',
      'drain-timeout = 5',
    ].join('\n');
    await withFile(text, async (path) => {
      const { settings, problems } = await readConfigFile(path);
      assert.deepEqual(problems, []);
      assert.deepEqual(settings.get('listen'), { value: ['0.0.0.0:21', '[::]:21'], label: `${path}:2: listen` });
      assert.deepEqual(settings.get('tls')?.value, ['optional']);
      assert.deepEqual(settings.get('read-only'), { value: true, label: `${path}:4: read-only` });
      assert.deepEqual(settings.get('user')?.value, ['alice:secret']);
      assert.deepEqual(settings.get('drain-timeout')?.value, ['5']);
    });
  });

  test('names files and folders from where it lies', async () => {
    await withFile('root = "files"\ncert = "/etc/cert.pem"', async (path, folder) => {
      const { settings, problems } = await readConfigFile(path);
      assert.deepEqual(problems, []);
      assert.deepEqual(settings.get('root')?.value, [`${folder}/files`]);
      assert.deepEqual(settings.get('cert')?.value, ['/etc/cert.pem']);
    });
  });

  test('may be empty', async () => {
    await withFile('', async (path) => assert.equal((await readConfigFile(path)).settings.size, 0));
  });
});

describe('a configuration file that is wrong is refused by file, line and key:', () => {
  test('an unknown key, with the nearest known one', async () => {
    assert.equal(
      await refusal('tls = "off"\npasive-ports = "1-2"'),
      'server.toml:2: There is no setting "pasive-ports"; did you mean "passive-ports"?',
    );
  });

  test('an unknown table', async () => {
    assert.match(await refusal('\n\n[server]\nlisten = "x"'), /^server\.toml:3: There is no setting "server"/);
  });

  test('the key of the file itself', async () => {
    assert.match(await refusal('config = "other.toml"'), /^server\.toml:1: There is no setting "config"/);
  });

  test('a value of the wrong kind', async () => {
    assert.equal(await refusal('read-only = "yes"'), 'server.toml:1: read-only must be true or false.');
    assert.match(await refusal('\nroot = ["a", "b"]'), /^server\.toml:2: root must be a text of the form "dir"\.$/);
    assert.match(
      await refusal('user = [["a:b"]]'),
      /^server\.toml:1: user must be a text .*, an array of such texts, or tables \[\[user\]\]\.$/,
    );
  });

  test('text that is not TOML, without a picture of it', async () => {
    const message = await refusal('tls = "off"\nuser = "alice:secret\n');
    assert.match(message, /^server\.toml:\d+: This is not TOML: /);
    assert.doesNotMatch(message, /secret/);
  });

  test('a key that stands there twice', async () => {
    assert.match(await refusal('tls = "off"\ntls = "off"'), /^server\.toml:2: This is not TOML: /);
  });
});

describe('a configuration file that cannot be read is refused:', () => {
  test('a missing one', async () => {
    await assert.rejects(readConfigFile('/nowhere/server.toml'), {
      constructor: ConfigError,
      message: 'The configuration file /nowhere/server.toml cannot be read: there is no such file or folder.',
    });
  });

  test('a folder', async () => {
    await using folder = await createTempFolder();
    await assert.rejects(readConfigFile(folder.path), /cannot be read: it is a folder\.$/);
  });

  test('an endless one', async () => {
    await assert.rejects(readConfigFile('/dev/zero'), /is longer than 1 MiB/);
  });
});

describe('tables of the configuration file', () => {
  test('hold limits, users and passive addresses', async () => {
    const text = `tls = "off"
user = ["carl:secret"]
[limits]
idle = "20 min"
max-sessions = 12
[[passive-host]]
clients = "10.0.0.0/8"
host = "10.0.0.1"
`;
    await withFile(text, async (path) => {
      const { settings, problems } = await readConfigFile(path);
      assert.deepEqual(problems, []);
      const [limits] = settings.get('limits')?.tables ?? [];
      assert.deepEqual(limits?.fields.get('idle'), { value: ['20 min'], label: `${path}:4: limits.idle` });
      assert.deepEqual(limits?.fields.get('max-sessions')?.value, ['12']);
      const [rule] = settings.get('passive-host')?.tables ?? [];
      assert.deepEqual(rule?.fields.get('host'), { value: ['10.0.0.1'], label: `${path}:8: passive-host.host` });
    });
  });

  test('are told of every wrong key with its own line', async () => {
    const text = `[[user]]
name = "a"
[[user]]
name = "b"
pasword = "x"
admin = "yes"
[limits]
idel = 5
welcome = "hello"
[telemetry]
`;
    assert.deepEqual(await refusals(text), [
      'server.toml:5: There is no setting "pasword" in [[user]]; did you mean "password"?',
      'server.toml:6: user.admin must be true or false.',
      'server.toml:8: There is no setting "idel" in [limits]; did you mean "idle"?',
      'server.toml:9: There is no setting "welcome" in [limits]: it is a setting of its own, so write it above the first line in brackets.',
      'server.toml:10: There is no setting "telemetry"; "twinline serve --help" lists all of them.',
    ]);
  });

  test('are asked for where they are needed', async () => {
    assert.equal(
      await refusal('limits = "none"'),
      'server.toml:1: limits must be a table: write [limits] and its keys below.',
    );
    assert.equal(
      await refusal('data-connect = "1 min"'),
      'server.toml:1: There is no setting "data-connect": it belongs under [limits].',
    );
    assert.match(
      await refusal('user = 1979-05-27'),
      /^server\.toml:1: user must be a text .*, or tables \[\[user\]\]\.$/,
    );
  });
});

describe('the line of a key is found', () => {
  test('in every way of writing it', () => {
    const lines = new TomlLines(
      [
        '# listen = 1',
        'listen-implicit = 1',
        "  'tls' = 1",
        '[listen]',
        'x = 1',
        '[[a.b]]',
        '  c.d = 1',
        '[[a.b]]',
        'c = { d = 1 }',
        '[a.b.e]',
        'f = """',
        'g = 1"""',
        'h = [',
        '  "i = 1",',
        ']',
      ].join('\n'),
    );
    const places: readonly (readonly [readonly (string | number)[], number])[] = [
      [['listen-implicit'], 2],
      [['tls'], 3],
      [['listen'], 4],
      [['listen', 'x'], 5],
      [['a'], 6],
      [['a', 'b', 0, 'c', 'd'], 7],
      [['a', 'b', 1, 'c', 'd'], 9],
      [['a', 'b', 1, 'e', 'f'], 11],
      [['a', 'b', 1, 'e', 'h'], 13],
      [['absent'], 1],
    ];
    for (const [path, line] of places) assert.equal(lines.lineOf(path), line, JSON.stringify(path));
    assert.equal(lines.lineOf(['a', 'b', 1, 'e', 'g']), 10, 'the table, because no such key is there');
  });
});
