/** The two sides of a mirror or comparison, opened: which is where, and what each can tell and keep. */

import { LocalProtocolError, ReplyError, TwinlineError } from '../../errors/index.ts';
import { isOwnName, type LocalName, localNameOf } from '../local-names.ts';
import { remoteNameProblem } from '../remote-names.ts';
import { commonAlgorithm } from './copy-file.ts';
import { LocalTree, makeLocalRoot } from './local-tree.ts';
import type { SessionLender } from './mirror-options.ts';
import { RemoteTree } from './remote-tree.ts';
import type { Tree } from './tree.ts';

/** `down`: from the server to here. */
export type MirrorDirection = 'down' | 'up';

export interface TreeSides {
  readonly direction: MirrorDirection;
  /** Undefined for a target that is not there and was not to be made. */
  readonly local: LocalTree | undefined;
  readonly remote: RemoteTree | undefined;
  /** The server tells times exactly with MDTM. */
  readonly canAskTime: boolean;
  /** The server takes times with MFMT. */
  readonly canKeepTime: boolean;
  /** A digest that both sides can make. */
  readonly algorithm: string | undefined;
}

/** Opens both sides; the source must be there, and the target is made with `make`. */
export async function openSides(
  sessions: SessionLender,
  direction: MirrorDirection,
  paths: { readonly remote: string; readonly local: string },
  make: boolean,
  signal: AbortSignal,
): Promise<TreeSides> {
  const isDown = direction === 'down';
  // The source first: nothing is made for one that is not there.
  const source = isDown ? undefined : await LocalTree.open(paths.local);
  const server = await sessions.use(
    async (client) => {
      const features = await client.features({ signal });
      const opening = RemoteTree.open(client, paths.remote, make && !isDown, signal);
      const remote = isDown ? await opening : await opening.catch(missingRemote);
      const algorithm = await commonAlgorithm(client, signal);
      return { remote, algorithm, canAskTime: features.has('MDTM'), canKeepTime: features.has('MFMT') };
    },
    { signal },
  );
  if (isDown && make) await makeLocalRoot(paths.local);
  const local = source ?? (await LocalTree.open(paths.local).catch(make ? rethrow : missingLocal));
  return { direction, ...server, local };
}

function rethrow(error: unknown): never {
  throw error;
}

function missingLocal(error: unknown): undefined {
  const cause = error instanceof TwinlineError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  if (cause?.code !== 'ENOENT') throw error;
  return undefined;
}

function missingRemote(error: unknown): undefined {
  if (!(error instanceof ReplyError) || error.replyCode !== 550) throw error;
  return undefined;
}

export function sourceOf({ direction, local, remote }: TreeSides): Tree {
  const source = direction === 'down' ? remote : local;
  if (source === undefined) throw new LocalProtocolError('ERR_TWINLINE_CALL_ORDER', 'The source is not open.');
  return source;
}

export function targetOf({ direction, local, remote }: TreeSides): Tree | undefined {
  return direction === 'down' ? local : remote;
}

/** The name of an entry of the source on the other side. */
export function nameRule(direction: MirrorDirection): (name: string) => LocalName {
  return direction === 'down' ? nameHere : nameThere;
}

function nameHere(name: string): LocalName {
  // No command could name the file.
  if (/[\r\n]/.test(name)) return { kind: 'refused', why: 'holds a line end' };
  return localNameOf(name);
}

function nameThere(name: string): LocalName {
  if (isOwnName(name)) return { kind: 'refused', why: 'is one that a mirror keeps for itself' };
  const problem = remoteNameProblem(name);
  return problem === undefined ? { kind: 'kept', name } : { kind: 'refused', why: problem.replace(/^it /, '') };
}

/** Both sides, or an error for one that is missing although work was found on it. */
export function bothSides({ local, remote }: TreeSides): { readonly local: LocalTree; readonly remote: RemoteTree } {
  if (local === undefined || remote === undefined) {
    throw new LocalProtocolError('ERR_TWINLINE_CALL_ORDER', 'One side of the mirror is not there.');
  }
  return { local, remote };
}
