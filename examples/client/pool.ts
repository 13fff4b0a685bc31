import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { createPool } from 'twinline/client';
import { server } from './server.ts';

await using pool = createPool(server, {
  size: 4,
  onNotice: ({ kind, sessions }) => console.log(`${kind}: ${sessions} sessions`),
});

const names: string[] = [];
await pool.use(async (client) => {
  for await (const { path, type } of client.walk('/photos')) if (type === 'file') names.push(`/photos/${path}`);
});

await mkdir('photos', { recursive: true });
const results = await Promise.all(
  names.map((name) => pool.use((client) => client.downloadFile(name, `photos/${basename(name)}`))),
);
console.log(results.length, 'files');
