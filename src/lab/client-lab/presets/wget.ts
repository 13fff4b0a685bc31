/** Wget, with explicit TLS and the certificate verified. It only downloads. */

import type { ClientUnderTest, CommandTemplate } from '../client-under-test.ts';

const login = ['--user={user}', '--password={password}', '--ca-certificate={cacert}', '--no-hsts'];
const common = [
  'wget',
  '--no-config',
  '-nv',
  ...login,
  '--tries=2',
  '--waitretry=1',
  '--timeout={timeout}',
  '--no-proxy',
];
const download: CommandTemplate = [...common, '-O', '{local}', '{ftps}'];

export const wget: ClientUnderTest = {
  name: 'wget',
  commands: {
    download,
    list: [...common, '-O', '-', 'ftps://{host}:{port}{folder}'],
    active: [...common, '--no-passive-ftp', '-O', '{local}', '{ftps}'],
    resume: [...common, '-c', '-O', '{local}', '{ftps}'],
    tree: [...common, '-r', '-nH', '-P', '{local}', 'ftps://{host}:{port}{folder}'],
  },
  version: ['wget', '--version'],
};
