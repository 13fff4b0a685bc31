/** Moves one file of a mirror, down or up, and finds out what a listing could not tell of it. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Client } from '../client.ts';
import { LocalSource } from '../local-source.ts';
import type { RetryOptions } from '../options.ts';
import type { RetryNotice } from '../resume.ts';
import type { TransferProgress, TransferResult } from '../transfer-result.ts';
import type { FileFacts } from './compare.ts';
import type { LocalTree } from './local-tree.ts';
import { ownPartName } from './pairing.ts';
import type { RemoteTree } from './remote-tree.ts';
import { splitPath } from './tree.ts';

/** How copies are made. */
export interface CopyOptions {
  readonly keepTime: boolean;
  readonly sync: boolean;
  readonly retry: Partial<RetryOptions> | undefined;
  /** Bytes per second of one session. */
  readonly rateLimit: number | undefined;
}

/** What one copy needs to know besides its paths. */
export interface CopyCall {
  readonly client: Client;
  readonly signal: AbortSignal;
  /** Goes on with what an earlier attempt left. */
  readonly resume: boolean;
  readonly onProgress: (progress: TransferProgress) => void;
  readonly onRetry: (notice: RetryNotice) => void;
  /** Of an upload: the caller sees to the proof of its size. */
  readonly isProvedLater: boolean;
}

function transferOptions(options: CopyOptions, { signal, resume, onProgress, onRetry }: CopyCall) {
  const { keepTime, retry, rateLimit } = options;
  return {
    keepTime,
    resume,
    signal,
    onProgress,
    onRetry,
    ...(retry === undefined ? {} : { retry }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
  };
}

/** Downloads by way of a hidden part, through the open folder. */
export async function copyDown(
  from: { readonly tree: RemoteTree; readonly path: string; readonly facts: FileFacts },
  to: { readonly tree: LocalTree; readonly path: string },
  call: CopyCall,
  options: CopyOptions,
): Promise<TransferResult> {
  const remote = from.tree.pathOf(from.path);
  const [folder, name] = splitPath(to.path);
  const { size } = from.facts;
  const modifiedMs = await exactTime(call, remote, from.facts, options.keepTime);
  return to.tree.withFolder(folder, (prefix) =>
    call.client.downloadFile(
      remote,
      { path: prefix + name, partPath: prefix + ownPartName(name), shownAs: to.tree.show(to.path) },
      {
        ...transferOptions(options, call),
        sync: options.sync,
        ...(size === undefined ? {} : { facts: { size, modifiedMs } }),
      },
    ),
  );
}

/** The time of the file there, in case the listing told it badly; undefined where the server does not say. */
async function exactTime(
  { client, signal }: Pick<CopyCall, 'client' | 'signal'>,
  remote: string,
  facts: FileFacts,
  isWanted: boolean,
): Promise<number | undefined> {
  if (!isWanted) return undefined;
  const isExact = facts.modifiedMs !== undefined && facts.modifiedUncertain !== true;
  return isExact ? facts.modifiedMs : askTime(client, remote, signal);
}

/** MDTM; undefined where the server does not say. */
export async function askTime(client: Client, remote: string, signal: AbortSignal): Promise<number | undefined> {
  const features = await client.features({ signal });
  if (!features.has('MDTM')) return undefined;
  try {
    return await client.modified(remote, { signal });
  } catch (error) {
    if (signal.aborted || !client.isConnected) throw error;
    return undefined;
  }
}

export async function copyUp(
  from: { readonly tree: LocalTree; readonly path: string },
  to: { readonly tree: RemoteTree; readonly path: string },
  call: CopyCall,
  options: CopyOptions,
): Promise<TransferResult> {
  const [folder, name] = splitPath(from.path);
  return from.tree.withFolder(folder, (prefix) =>
    call.client.uploadFile({ path: prefix + name, shownAs: from.tree.show(from.path) }, to.tree.pathOf(to.path), {
      ...transferOptions(options, call),
      verifySize: !call.isProvedLater,
    }),
  );
}

const nodeNames: Readonly<Record<string, string>> = {
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
  'SHA-1': 'sha1',
  MD5: 'md5',
};

/** An algorithm that both sides have; undefined where there is none. */
export async function commonAlgorithm(client: Client, signal: AbortSignal): Promise<string | undefined> {
  const offered = await client.hashAlgorithms({ signal });
  return offered.find((name) => name === 'CRC32' || nodeNames[name] !== undefined);
}

/** True when both files have the same digest. */
export async function digestsAgree(
  local: { readonly tree: LocalTree; readonly path: string },
  remote: { readonly tree: RemoteTree; readonly path: string },
  algorithm: string,
  { client, signal }: Pick<CopyCall, 'client' | 'signal'>,
): Promise<boolean> {
  const [here, there] = await Promise.all([
    localDigest(local.tree, local.path, algorithm, signal),
    client.hash(remote.tree.pathOf(remote.path), { algorithm, signal }),
  ]);
  return here === there.digest;
}

const readBytes = 256 * 1024;

async function localDigest(tree: LocalTree, path: string, algorithm: string, signal: AbortSignal): Promise<string> {
  const [folder, name] = splitPath(path);
  return tree.withFolder(folder, async (prefix) => {
    const file = await LocalSource.open({ path: prefix + name, shownAs: tree.show(path) });
    try {
      const nodeName = nodeNames[algorithm];
      const digest = nodeName === undefined ? undefined : createHash(nodeName);
      const buffer = Buffer.allocUnsafe(readBytes);
      let sum = 0;
      for (let position = 0; position < file.size && !signal.aborted;) {
        const bytes = buffer.subarray(0, await file.read(buffer, position));
        if (bytes.length === 0) break;
        position += bytes.length;
        if (digest === undefined) sum = crc32(bytes, sum);
        else digest.update(bytes);
      }
      return digest?.digest('hex') ?? sum.toString(16).padStart(8, '0');
    } finally {
      await file.close();
    }
  });
}
