import { readFile } from 'node:fs/promises';
import { connect, TlsError } from 'twinline/client';
import { server } from './server.ts';

// A certificate of your own authority, or a self-signed one: trust exactly that, and nothing else.
const caPem = await readFile(process.env.FTP_CA ?? 'ca.pem', 'utf8');
const client = await connect({ ...server, tls: { caPem, minVersion: 'TLSv1.3' } });
console.log(client.tls?.protocol);
await client.quit();

// Without it the connection is refused before the password is sent.
try {
  await connect({ ...server, tls: {} });
} catch (error) {
  if (!(error instanceof TlsError)) throw error;
  console.log(error.code);
}

// For tests only: any certificate will do, also that of somebody in between.
const careless = await connect({ ...server, tls: { insecure: true } });
await careless.quit();
