import { connect } from 'twinline/client';
import { server } from './server.ts';

await using client = await connect(server);

await client.uploadFile('report.pdf', '/in/report.pdf');
for await (const { name, type, size } of client.list('/in')) console.log(type, name, size);

const { outcome, bytes, durationMs } = await client.downloadFile('/in/report.pdf', 'copy.pdf');
console.log(`${outcome}: ${bytes} bytes in ${Math.ceil(durationMs)} ms`);
