/** What works over several sessions, loaded with the first call: most programs never make one, and start the sooner. */

import type { CompareTreesCalls, CompareTreesResult } from './mirror/compare-trees.ts';
import type { CompareTreesOptions, MirrorOptions, MirrorResult, SessionLender } from './mirror/mirror-options.ts';
import type { MirrorDirection } from './mirror/tree-sides.ts';
import type { ClientPool } from './pool.ts';
import type { DownloadSegmentsOptions } from './segments/download-segments.ts';
import type { TransferResult } from './transfer-result.ts';

/**
 * Copies what the local folder lacks or has otherwise from the folder of the server, whose contents go into it. One file
 * that fails does not stop the others: see `failures` of the result. Rejects when nothing can go on, or with the abort error.
 */
export async function mirrorDown(
  sessions: SessionLender,
  remoteDir: string,
  localDir: string,
  options: MirrorOptions = {},
): Promise<MirrorResult> {
  const { mirrorDown: run } = await import('./mirror/mirror.ts');
  return run(sessions, remoteDir, localDir, options);
}

/** As `mirrorDown`, from the local folder to the folder of the server. */
export async function mirrorUp(
  sessions: SessionLender,
  localDir: string,
  remoteDir: string,
  options: MirrorOptions = {},
): Promise<MirrorResult> {
  const { mirrorUp: run } = await import('./mirror/mirror.ts');
  return run(sessions, localDir, remoteDir, options);
}

/**
 * Tells each difference as it is found; a folder that one side lacks is one difference. Files are compared as `mirrorDown`
 * (`down`: the server is the source) and `mirrorUp` do it. Rejects when nothing can go on, or with the abort error.
 */
export async function compareTrees(
  sessions: SessionLender,
  direction: MirrorDirection,
  paths: { readonly remote: string; readonly local: string },
  options: CompareTreesOptions & CompareTreesCalls = {},
): Promise<CompareTreesResult> {
  const { compareTrees: run } = await import('./mirror/compare-trees.ts');
  return run(sessions, direction, paths, options);
}

/**
 * Downloads `path` in segments. Resolves when the file stands whole under `localPath`. When it rejects, nothing has changed
 * there, and a later call with `resume` goes on, also behind a crash. Rejects with `ERR_TWINLINE_CHANGED` where the file
 * there changes meanwhile or has changed since, and with `NotSupportedError` where the server tells no size.
 */
export async function downloadSegments(
  pool: ClientPool,
  path: string,
  localPath: string,
  options: DownloadSegmentsOptions,
): Promise<TransferResult> {
  const { downloadSegments: run } = await import('./segments/download-segments.ts');
  return run(pool, path, localPath, options);
}
