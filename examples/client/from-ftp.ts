import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { connect } from 'twinline/client';
import { server } from './server.ts';

// c.on('ready', …); c.connect();
const c = await connect(server);

// c.list(function(err, list) { console.dir(list); });
for await (const entry of c.list()) console.dir(entry);

// c.get('foo.txt', function(err, stream) { stream.pipe(fs.createWriteStream('foo.local-copy.txt')); });
await pipeline(c.createReadStream('foo.txt'), createWriteStream('foo.local-copy.txt'));

// c.put('foo.txt', 'foo.remote-copy.txt', function(err) { … });
await c.uploadFile('foo.txt', 'foo.remote-copy.txt');

// c.end();
await c.quit();
