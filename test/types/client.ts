/** What the types of `twinline/client` promise: compiled against the sources here, and against the packed declarations. */

import type { Readable } from 'node:stream';
import {
  type Client,
  type ClientPool,
  connect,
  type ConnectOptions,
  ConnectionLostError,
  createPool,
  type DownloadTarget,
  type Entry,
  type ErrorCode,
  type FileHash,
  type ListedEntry,
  NotSupportedError,
  ReplyError,
  TimeoutError,
  TlsError,
  TransferIncompleteError,
  type TransferProgress,
  type TransferResult,
  type TransferState,
  TwinlineError,
  UnsafeNameError,
  type UploadSource,
  type WalkedEntry,
} from 'twinline/client';

/** True when both are the same type, `any` and readonly marks included. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the types are equal. */
function holds<Claim extends true>(): Claim | undefined {
  return undefined;
}

/** Never called: the compiler is what reads it. */
export async function promises(client: Client, pool: ClientPool): Promise<void> {
  holds<Equal<typeof connect, (options: ConnectOptions) => Promise<Client>>>();

  const result = await client.downloadFile('/a', 'a', { resume: true });
  holds<Equal<typeof result, TransferResult>>();
  holds<Equal<TransferResult['outcome'], 'complete' | 'unconfirmed'>>();
  holds<Equal<TransferResult['size'], number | undefined>>();

  for await (const entry of client.list()) holds<Equal<typeof entry, ListedEntry>>();
  for await (const entry of client.walk('/a', { maxDepth: 2, filter: ({ depth }) => depth < 2 })) {
    holds<Equal<typeof entry, WalkedEntry>>();
    holds<Equal<typeof entry.path, string>>();
  }
  holds<Equal<Awaited<ReturnType<Client['stat']>>, Entry>>();
  holds<Equal<Awaited<ReturnType<Client['hash']>>, FileHash>>();
  holds<Equal<Awaited<ReturnType<Client['makeDirectories']>>, string[]>>();
  holds<Equal<Awaited<ReturnType<Client['exists']>>, boolean>>();

  const stream: Readable = client.createReadStream('/a', { offset: 5 });
  const web: ReadableStream<Uint8Array> = client.readableStream('/a');
  const sources: readonly UploadSource[] = [stream, web, new Uint8Array(), new Blob([]), (async function* () {})()];
  for (const source of sources) await client.upload('/b', source, { signal: AbortSignal.timeout(5) });
  const target: DownloadTarget = new WritableStream<Uint8Array>();
  await client.download('/a', target, { onProgress: (progress) => holds<Equal<typeof progress, TransferProgress>>() });

  const count = await pool.use(async (one) => {
    holds<Equal<typeof one, Client>>();
    return (await one.size('/a')) + 1;
  });
  holds<Equal<typeof count, number>>();
  await using other = createPool({ host: 'a' }, { size: 2 });
  await using session = await connect({ host: 'a', tls: { insecure: true } });
  holds<Equal<typeof other, ClientPool>>();
  holds<Equal<typeof session, Client>>();
}

/** An error is told by its class, and its facts follow. */
export function facts(error: unknown): string | number | boolean | undefined {
  if (error instanceof ReplyError) {
    holds<Equal<typeof error.replyLines, readonly string[]>>();
    return error.replyCode;
  }
  if (error instanceof TimeoutError) return `${error.channel} ${error.phase} ${error.timeoutMs}`;
  if (error instanceof ConnectionLostError) {
    holds<Equal<typeof error.channel, 'control' | 'data'>>();
    holds<Equal<typeof error.bytesThere, number | undefined>>();
    return error.resumable;
  }
  if (error instanceof TransferIncompleteError) {
    holds<Equal<typeof error.bytesThere, number>>();
    return error.bytesHere;
  }
  if (error instanceof TlsError) return error.channel;
  if (error instanceof NotSupportedError) return error.needs.length;
  if (error instanceof UnsafeNameError) return error.entryName;
  if (error instanceof TwinlineError) {
    holds<Equal<typeof error.code, ErrorCode>>();
    holds<Equal<typeof error.transfer, TransferState | undefined>>();
    return error.code;
  }
  return undefined;
}

/** What must not compile. */
export async function misuse(client: Client, pool: ClientPool): Promise<void> {
  // @ts-expect-error -- a host is needed
  await connect({ user: 'anna' });
  // @ts-expect-error -- the words are `explicit`, `implicit` and `plain`
  await connect({ host: 'a', security: 'tls' });
  // @ts-expect-error -- milliseconds are a number
  await connect({ host: 'a', deadlines: { stallMs: '5s' } });
  // @ts-expect-error -- a string could be a path or the content
  await client.upload('/a', 'text');
  // @ts-expect-error -- a path is not a target; that is `downloadFile`
  await client.download('/a', 'a');
  // @ts-expect-error -- times are milliseconds, not dates
  await client.setModified('/a', new Date());
  // @ts-expect-error -- permission bits are a number, as 0o644
  await client.changeMode('/a', '644');
  // @ts-expect-error -- a listing is no array
  (await client.list('/a')).length;
  // @ts-expect-error -- an outcome that is not complete is an error, not a result
  (await client.downloadFile('/a', 'a')).outcome === 'incomplete';
  // @ts-expect-error -- a pool has a size
  createPool({ host: 'a' }, {});
  // @ts-expect-error -- work of a pool is a promise
  await pool.use(() => 5);
  // @ts-expect-error -- facts are not to be changed
  (await client.stat('/a')).size = 5;
}
