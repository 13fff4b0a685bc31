/** The examples of the client library are what its pages show, and run as they stand. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTempFolder, runCommand, type TempFolder } from '../../src/testing/index.ts';
import { startServer, testCertificate, type TestServer } from '../fixtures/start-server.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['docs/how-to/client-library.md', 'docs/how-to/migrate-from-basic-ftp.md'];

interface Example {
  /** Files on the server before. */
  readonly there?: Readonly<Record<string, string>>;
  /** Files in the working directory before. */
  readonly here?: Readonly<Record<string, string>>;
  readonly prints: readonly RegExp[];
  /** What is there afterwards. */
  readonly leavesThere?: Readonly<Record<string, string>>;
  readonly leavesHere?: Readonly<Record<string, string>>;
}

const examples: Readonly<Record<string, Example>> = {
  first: {
    there: { '/in/other': 'x' },
    here: { 'report.pdf': 'the report' },
    prints: [/^file report\.pdf 10$/m, /^complete: 10 bytes in/m],
    leavesThere: { '/in/report.pdf': 'the report' },
    leavesHere: { 'copy.pdf': 'the report' },
  },
  errors: { prints: [/^ERR_TWINLINE_REFUSED /m, /^the server said 550/m] },
  streams: {
    there: { '/in/other': 'x' },
    prints: [/^one line\nanother line$/m, /^the first byte is 111$/m],
    leavesThere: { '/in/log.txt': 'one line\nanother line\n' },
  },
  control: {
    there: { '/in/big.iso': 'b'.repeat(100_000) },
    prints: [/^100000 of 100000 bytes, \d+ KiB\/s$/m, /^complete$/m],
    leavesHere: { 'big.iso': 'b'.repeat(100_000) },
  },
  trees: {
    prints: [
      /^SHA-256 agrees$/m,
      /^file assets\/css\/main\.css$/m,
      /^removed \/site$/m,
      /^\{ files: 1, directories: 3 \}$/m,
      /^false$/m,
    ],
  },
  pool: {
    there: { '/photos/a.jpg': 'a', '/photos/b.jpg': 'b', '/photos/old/c.jpg': 'c' },
    prints: [/^3 files$/m],
    leavesHere: { 'photos/a.jpg': 'a', 'photos/c.jpg': 'c' },
  },
  certificates: { prints: [/^TLSv1\.3$/m, /^ERR_TWINLINE_CERTIFICATE$/m] },
  'from-basic-ftp': {
    there: { '/my/remote/directory/old/file': 'old' },
    here: { 'README.md': 'read me', 'my/local/directory/in/a': 'a', 'my/local/directory/b': 'b' },
    prints: [/^> STOR README_FTP\.md$/m, /^0 files could not be copied$/m, /^Transferred 10$/m],
    leavesThere: {
      '/README_FTP.md': 'read me',
      '/my/remote/directory/in/a': 'a',
      '/my/remote/directory/b': 'b',
      '/my/remote/directory/test.txt': 'some bytes',
    },
    leavesHere: { 'README_COPY.md': 'read me' },
  },
  'from-ftp': {
    there: { '/foo.txt': 'there' },
    here: { 'foo.txt': 'here' },
    prints: [/name: 'foo\.txt'/],
    leavesThere: { '/foo.remote-copy.txt': 'here' },
    leavesHere: { 'foo.local-copy.txt': 'there' },
  },
};

/** Files by their paths, with the folders that they need. */
async function lay(files: Readonly<Record<string, string>>, root: string): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = `${root}/${name}`;
    await mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    await writeFile(path, content);
  }
}

async function expectFiles(files: Readonly<Record<string, string>>, root: string): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    assert.equal(await readFile(`${root}/${name}`, 'utf8'), content, name);
  }
}

async function runExample(name: string, server: TestServer, folder: TempFolder): Promise<string> {
  const { certificatePem } = await testCertificate();
  await writeFile(folder.join('ca.pem'), certificatePem);
  const env = {
    ...process.env,
    FTP_HOST: server.host,
    FTP_PORT: String(server.port),
    FTP_USER: 'user',
    FTP_PASSWORD: 'pass',
    FTP_CA: folder.join('ca.pem'),
  };
  const args = [`${top}examples/client/${name}.ts`];
  const result = await runCommand(process.execPath, args, { cwd: folder.path, env, timeoutMs: 60_000 });
  assert.equal(result.exitCode, 0, `${result.stdout.toString()}${result.stderr}`);
  return result.stdout.toString();
}

describe('the example of the client library', () => {
  before(async () => {
    const compiler = `${top}node_modules/typescript/bin/tsc`;
    const built = await runCommand(process.execPath, [compiler, '-b', 'src'], { cwd: top, timeoutMs: 120_000 });
    assert.equal(built.exitCode, 0, built.stdout.toString());
  });

  for (const [name, example] of Object.entries(examples)) {
    test(`${name} does what it says`, async () => {
      await using folder = await createTempFolder();
      await using server = await startServer({ files: 'disk' });
      await lay(example.there ?? {}, server.root);
      await lay(example.here ?? {}, folder.path);
      const printed = await runExample(name, server, folder);
      for (const expected of example.prints) assert.match(printed, expected);
      await expectFiles(example.leavesThere ?? {}, server.root);
      await expectFiles(example.leavesHere ?? {}, folder.path);
    });
  }

  test('is run for each of them, and each is on a page', async () => {
    const files = (await readdir(`${top}examples/client`)).map((name) => name.replace(/\.ts$/, ''));
    assert.deepEqual(files.toSorted(), [...Object.keys(examples), 'server'].toSorted());
    const shown = new Set<string>();
    for (const page of pages) {
      const text = await readFile(top + page, 'utf8');
      const blocks = [...text.matchAll(/(?:`(examples\/client\/[\w-]+\.ts)`:\n\n)?```ts\n([^]*?)```/g)];
      for (const [, file, code] of blocks) {
        assert.ok(file !== undefined, `${page} has code that is in no file: ${code}`);
        assert.equal(code, await readFile(top + file, 'utf8'), `${page} shows another ${file}`);
        shown.add(file);
      }
    }
    assert.deepEqual([...shown].toSorted(), files.map((name) => `examples/client/${name}.ts`).toSorted());
  });
});
