import { connect, createPool, mirrorUp } from 'twinline/client';
import { server } from './server.ts';

// const client = new Client(); client.ftp.verbose = true; await client.access({ host, user, password, secure: true })
const client = await connect({
  ...server,
  onTrace: (event) => {
    if (event.kind === 'command') console.log('>', event.text);
    if (event.kind === 'reply') console.log('<', event.lines.join('\n< '));
  },
});
try {
  // console.log(await client.list())
  for await (const entry of client.list()) console.log(entry);
  // await client.uploadFrom("README.md", "README_FTP.md")
  await client.uploadFile('README.md', 'README_FTP.md');
  // await client.downloadTo("README_COPY.md", "README_FTP.md")
  await client.downloadFile('README_FTP.md', 'README_COPY.md');

  // await client.ensureDir("my/remote/directory")
  await client.makeDirectories('my/remote/directory');
  await client.changeDirectory('my/remote/directory');
  // await client.clearWorkingDir()
  for await (const { name } of client.list()) await client.removeTree(name);
  // await client.uploadFromDir("my/local/directory")
  await using pool = createPool(server, { size: 4 });
  const { failures } = await mirrorUp(pool, 'my/local/directory', 'my/remote/directory');
  console.log(failures, 'files could not be copied');

  // client.trackProgress(info => console.log(info.bytes))
  // await client.uploadFrom(someStream, "test.txt")
  const someStream = new Blob(['some bytes']).stream();
  await client.upload('test.txt', someStream, { onProgress: ({ bytes }) => console.log('Transferred', bytes) });
} finally {
  // client.close()
  await client.quit();
}
