/** curl, with TLS required and the certificate verified. */

import type { ClientUnderTest } from '../client-under-test.ts';

const common = [
  'curl',
  '-q',
  '-sS',
  '--ssl-reqd',
  '--cacert',
  '{cacert}',
  '-u',
  '{user}:{password}',
  '--max-time',
  '60',
];

export const curl: ClientUnderTest = {
  name: 'curl',
  commands: {
    download: [...common, '-o', '{local}', '{url}'],
    upload: [...common, '-T', '{local}', '{url}'],
    list: [...common, 'ftp://{host}:{port}{folder}'],
  },
  version: ['curl', '--version'],
};
