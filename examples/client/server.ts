/** The server of the examples, as the environment names it. */

import { readFile } from 'node:fs/promises';
import type { ConnectOptions } from 'twinline/client';

const { FTP_HOST = 'localhost', FTP_PORT = '21', FTP_USER = 'anna', FTP_PASSWORD = '', FTP_CA } = process.env;

export const server: ConnectOptions = {
  host: FTP_HOST,
  port: Number(FTP_PORT),
  user: FTP_USER,
  password: FTP_PASSWORD,
  tls: FTP_CA === undefined ? {} : { caPem: await readFile(FTP_CA, 'utf8') },
};
