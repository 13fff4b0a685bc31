/** basic-ftp as a client for `twinline lab client`: the module is the one of the project that the lab is started in. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [project, task, host, port, user, password, remote, local, cacert, timeout] = process.argv.slice(2);
const { Client } = createRequire(join(project, 'package.json'))('basic-ftp');

const client = new Client(Number(timeout) * 1000);
try {
  const ca = await readFile(cacert);
  await client.access({ host, port: Number(port), user, password, secure: true, secureOptions: { ca } });
  if (task === 'upload') await client.uploadFrom(local, remote);
  else if (task === 'list') for (const { name } of await client.list()) console.log(name);
  else if (task === 'tree') await client.downloadToDir(local, '/');
  else await client.downloadTo(local, remote);
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
} finally {
  client.close();
}
