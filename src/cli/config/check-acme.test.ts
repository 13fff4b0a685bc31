import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createTempFolder } from '../../testing/index.ts';
import { Problems } from '../problems.ts';
import type { AcmeChoice } from '../serve/read/acme.ts';
import { checkAcme } from './check-acme.ts';

async function problemsOf(choice: Partial<AcmeChoice>, runAs: string | undefined): Promise<readonly string[]> {
  const acme: AcmeChoice = {
    directoryUrl: 'https://authority.test/directory',
    names: ['ftp.example.test'],
    contacts: [],
    caFile: undefined,
    externalAccount: undefined,
    challenge: { listen: { host: '0.0.0.0', port: 80 } },
    ...choice,
  };
  const problems = new Problems();
  await checkAcme({ acme, runAs }, problems, 1024);
  return problems.list().map(({ message }) => message);
}

describe('the check of [acme]', () => {
  test('says that root is given up before the port of the challenge is opened, and what goes in its place', async () => {
    const [message = '', ...others] = await problemsOf({}, 'ftp');
    assert.match(
      message,
      /cannot open port 80 .*gives up the rights of root for ftp before.*acme\.webroot.*from 1024 on/,
    );
    assert.deepEqual(others, []);
  });

  test('is content with a port that everyone may open, with a webroot, and without run-as', async () => {
    await using folder = await createTempFolder();
    const free = { challenge: { listen: { host: '0.0.0.0', port: 1024 } } };
    assert.deepEqual(await problemsOf(free, 'ftp'), []);
    assert.deepEqual(await problemsOf({ challenge: { webroot: folder.path } }, 'ftp'), []);
    assert.deepEqual(await problemsOf({}, undefined), []);
  });

  test('tells of a webroot and of a root certificate that are not there', async () => {
    await using folder = await createTempFolder();
    const absent = { challenge: { webroot: folder.join('www') }, caFile: folder.join('ca.pem') };
    const found = await problemsOf(absent, undefined);
    assert.match(found[0] ?? '', /ca\.pem cannot be read: there is no such file/);
    assert.match(found[1] ?? '', /acme\.webroot .*www cannot be written: there is no such file or folder/);
  });
});
