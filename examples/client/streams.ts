import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { connect } from 'twinline/client';
import { server } from './server.ts';

await using client = await connect(server);

// In: bytes, a Blob, a Readable, a ReadableStream of the Web, any async iterable.
await client.upload('/in/log.txt', new Blob(['one line\n']));
await client.appendFile('/in/log.txt', Buffer.from('another line\n'));

// Out, as a stream of Node: the pipeline rejects where the download is not complete.
await pipeline(client.createReadStream('/in/log.txt'), createGzip(), createWriteStream('log.txt.gz'));

// Out, as a stream of the Web: here into a Response, as a web server would send it.
console.log(await new Response(client.readableStream('/in/log.txt')).text());

// Only the beginning: leaving the loop sends ABOR, and the session goes on.
for await (const chunk of client.createReadStream('/in/log.txt')) {
  console.log('the first byte is', (chunk as Buffer)[0]);
  break;
}
