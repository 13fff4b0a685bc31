/** The ftplib of Python's standard library, driven by a short script. */

import { fileURLToPath } from 'node:url';
import type { ClientUnderTest, CommandTemplate } from '../client-under-test.ts';

const script = fileURLToPath(new URL('../../../../examples/lab/ftplib-client.py', import.meta.url));
const places = ['{host}', '{port}', '{user}', '{password}', '{remote}', '{local}', '{cacert}', '{timeout}'];
const ftplibDoes = (task: string): CommandTemplate => ['python3', script, task, ...places];

export const ftplib: ClientUnderTest = {
  name: 'ftplib',
  commands: {
    download: ftplibDoes('download'),
    upload: ftplibDoes('upload'),
    list: ftplibDoes('list'),
    active: ftplibDoes('active'),
  },
  version: ['python3', '--version'],
};
