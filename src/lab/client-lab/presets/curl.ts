/** curl, with TLS required and the certificate verified. */

import type { ClientUnderTest, CommandTemplate } from '../client-under-test.ts';

const limits = [
  '--connect-timeout',
  '5',
  '--speed-limit',
  '1',
  '--speed-time',
  '{timeout}',
  '--max-time',
  '{patience}',
];
const common = ['curl', '-q', '-sS', '--ssl-reqd', '--cacert', '{cacert}', '-u', '{user}:{password}', ...limits];
const download: CommandTemplate = [...common, '-o', '{local}', '{url}'];

export const curl: ClientUnderTest = {
  name: 'curl',
  commands: {
    download,
    upload: [...common, '-T', '{local}', '{url}'],
    list: [...common, 'ftp://{host}:{port}{folder}'],
    active: [...download, '-P', '-'],
    resume: [...download, '-C', '-'],
  },
  version: ['curl', '--version'],
};
