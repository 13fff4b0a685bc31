import { connect, progressEvery } from 'twinline/client';
import { server } from './server.ts';

await using client = await connect({ ...server, deadlines: { stallMs: 20_000 }, retry: { tries: 3 } });

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());

const result = await client.downloadFile('/in/big.iso', 'big.iso', {
  resume: true,
  signal: abort.signal,
  onProgress: progressEvery(250, ({ offset, bytes, total, rate }) => {
    console.log(`${offset + bytes} of ${total ?? 'unknown'} bytes, ${Math.round(rate / 1024)} KiB/s`);
  }),
  onRetry: ({ attempt, tries, delayMs, error }) => {
    console.log(`${error.message} Try ${attempt} of ${tries} in ${delayMs} ms.`);
  },
});
console.log(result.outcome);
