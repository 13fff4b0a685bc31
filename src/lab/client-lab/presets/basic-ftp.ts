/** basic-ftp for Node.js, as the project in the current folder has it. */

import { fileURLToPath } from 'node:url';
import type { ClientUnderTest, CommandTemplate } from '../client-under-test.ts';

const script = fileURLToPath(new URL('../../../../examples/lab/basic-ftp-client.mjs', import.meta.url));
const places = ['{host}', '{port}', '{user}', '{password}', '{remote}', '{local}', '{cacert}', '{timeout}'];
const project = process.cwd();
const basicFtpDoes = (task: string): CommandTemplate => [process.execPath, script, project, task, ...places];
const printVersion =
  "console.log('basic-ftp', require(require('path').join(process.argv[1], 'node_modules/basic-ftp/package.json')).version)";

export const basicFtp: ClientUnderTest = {
  name: 'basic-ftp',
  commands: {
    download: basicFtpDoes('download'),
    upload: basicFtpDoes('upload'),
    list: basicFtpDoes('list'),
    tree: basicFtpDoes('tree'),
  },
  version: [process.execPath, '-e', printVersion, project],
};
