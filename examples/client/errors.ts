import { connect, ReplyError, TwinlineError } from 'twinline/client';
import { server } from './server.ts';

await using client = await connect(server);

try {
  await client.downloadFile('/no/such.iso', 'such.iso');
} catch (error) {
  if (!(error instanceof TwinlineError)) throw error;
  // The code is stable; the message is for people.
  console.log(error.code, error.message);
  if (error instanceof ReplyError) console.log('the server said', error.replyCode, error.replyLines);
  if (error.transfer?.resumable === true) console.log('can go on from byte', error.transfer.bytesHere);
}
