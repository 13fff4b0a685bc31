/** The client of this package, as its own command. */

import { fileURLToPath } from 'node:url';
import type { ClientUnderTest, CommandTemplate } from '../client-under-test.ts';

const launcher = fileURLToPath(new URL('../../../../bin/twinline.js', import.meta.url));
const reach = ['-u', '{user}:{password}', '--cacert', '{cacert}', '--connect-timeout', '5', '--timeout', '{timeout}'];

function twinlineDoes(verb: string, ...words: readonly string[]): CommandTemplate {
  return [process.execPath, launcher, verb, ...words, ...reach];
}

export const twinline: ClientUnderTest = {
  name: 'twinline',
  commands: {
    download: twinlineDoes('get', '--retry', '1', '--quiet', '-o', '{local}', '{ftpes}'),
    upload: twinlineDoes('put', '--retry', '1', '--quiet', '{local}', '{ftpes}'),
    list: twinlineDoes('ls', 'ftpes://{host}:{port}{folder}'),
    active: twinlineDoes('get', '--retry', '1', '--quiet', '--active', '-o', '{local}', '{ftpes}'),
    resume: twinlineDoes('get', '--retry', '1', '--quiet', '--resume', '-o', '{local}', '{ftpes}'),
    keepalive: twinlineDoes('get', '--retry', '1', '--quiet', '--keepalive', '1', '-o', '{local}', '{ftpes}'),
    tree: twinlineDoes('mirror', '--retry', '1', '--quiet', 'ftpes://{host}:{port}{folder}', '{local}'),
  },
  version: [process.execPath, launcher, '--version'],
};
