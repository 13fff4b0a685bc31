/** lftp, with TLS forced on both lines, the certificate verified, EPSV before PASV, and few tries in place of a thousand. */

import type { ClientUnderTest, CommandTemplate } from '../client-under-test.ts';

const settings = [
  'set ssl:ca-file {cacert}',
  'set ssl:verify-certificate yes',
  'set ftp:ssl-force yes',
  'set ftp:ssl-protect-data yes',
  'set ftp:ssl-protect-list yes',
  'set ftp:prefer-epsv yes',
  'set net:max-retries 2',
  'set net:timeout {timeout}',
  'set net:reconnect-interval-base 1',
  'set cmd:fail-exit yes',
];

function lftpDoes(...commands: readonly string[]): CommandTemplate {
  const open = 'open -u {user},{password} -p {port} ftp://{host}';
  return ['lftp', '--norc', '-c', [...settings, open, ...commands].join('; ')];
}

export const lftp: ClientUnderTest = {
  name: 'lftp',
  commands: {
    download: lftpDoes('get {remote} -o {local}'),
    upload: lftpDoes('put {local} -o {remote}'),
    list: lftpDoes('ls'),
    active: lftpDoes('set ftp:passive-mode no', 'get {remote} -o {local}'),
    resume: lftpDoes('get -c {remote} -o {local}'),
    tree: lftpDoes('mirror / {local}'),
  },
  version: ['lftp', '--version'],
};
