import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { ConfigError } from '../../errors/index.ts';
import { createTempFolder } from '../../testing/index.ts';
import { lineOfKey, readConfigFile } from './config-file.ts';

async function withFile<T>(text: string, work: (path: string, folder: string) => Promise<T>): Promise<T> {
  await using folder = await createTempFolder();
  const path = folder.join('server.toml');
  await writeFile(path, text);
  return await work(path, folder.path);
}

async function refusal(text: string): Promise<string> {
  return withFile(text, async (path) => {
    const error: unknown = await readConfigFile(path).then(
      () => assert.fail(`was taken: ${text}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ConfigError, String(error));
    assert.ok(!error.message.includes('\n'), error.message);
    return error.message.replace(path, 'server.toml');
  });
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
      const settings = await readConfigFile(path);
      assert.deepEqual(settings.get('listen'), { value: ['0.0.0.0:21', '[::]:21'], label: `${path}:2: listen` });
      assert.deepEqual(settings.get('tls')?.value, ['optional']);
      assert.deepEqual(settings.get('read-only'), { value: true, label: `${path}:4: read-only` });
      assert.deepEqual(settings.get('user')?.value, ['alice:secret']);
      assert.deepEqual(settings.get('drain-timeout')?.value, ['5']);
    });
  });

  test('names files and folders from where it lies', async () => {
    await withFile('root = "files"\ncert = "/etc/cert.pem"', async (path, folder) => {
      const settings = await readConfigFile(path);
      assert.deepEqual(settings.get('root')?.value, [`${folder}/files`]);
      assert.deepEqual(settings.get('cert')?.value, ['/etc/cert.pem']);
    });
  });

  test('may be empty', async () => {
    await withFile('', async (path) => assert.equal((await readConfigFile(path)).size, 0));
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
      /^server\.toml:1: user must be a text .*, or an array of such texts\.$/,
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

test('the line of a key is found in every way of writing it', () => {
  const source = "# listen = 1\nlisten-implicit = 1\n  'tls' = 1\n[listen]\n[[a.b]]\n";
  assert.equal(lineOfKey(source, 'listen-implicit'), 2);
  assert.equal(lineOfKey(source, 'tls'), 3);
  assert.equal(lineOfKey(source, 'listen'), 4);
  assert.equal(lineOfKey(source, 'a'), 5);
  assert.equal(lineOfKey(source, 'absent'), 1);
});
