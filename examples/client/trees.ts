import { createHash } from 'node:crypto';
import { connect, NotSupportedError } from 'twinline/client';
import { server } from './server.ts';

await using client = await connect(server);

await client.makeDirectories('/site/assets/css');
const css = Buffer.from('body { margin: 0 }');
await client.upload('/site/assets/css/main.css', css);
await client.setModified('/site/assets/css/main.css', Date.UTC(2026, 0, 2));
await client.changeMode('/site/assets/css/main.css', 0o644);

try {
  const { algorithm, digest } = await client.hash('/site/assets/css/main.css', { algorithm: 'SHA-256' });
  console.log(algorithm, digest === createHash('sha256').update(css).digest('hex') ? 'agrees' : 'differs');
} catch (error) {
  if (!(error instanceof NotSupportedError)) throw error;
  console.log('this server makes no digests');
}

const filter = ({ name }: { readonly name: string }) => name !== 'node_modules';
for await (const { path, type } of client.walk('/site', { filter })) console.log(type, path);

console.log(await client.removeTree('/site', { onEntry: ({ path }) => console.log('removed', path) }));
console.log(await client.exists('/site'));
