/** Decides for each file whether it is copied, and asks the server where listings do not tell enough. */

import { NotSupportedError } from '../../errors/index.ts';
import type { Client } from '../client.ts';
import { type Comparison, compareFiles, type CompareOptions, type CopyReason } from './compare.ts';
import { askTime, digestsAgree } from './copy-file.ts';
import type { FilePair } from './pairing.ts';
import { bothSides, type TreeSides } from './tree-sides.ts';

export interface JudgeOptions {
  readonly newer: boolean;
  readonly checksum: boolean;
  readonly keepTime: boolean;
}

export class FileJudge {
  readonly #sides: TreeSides;
  readonly #options: CompareOptions;

  /** Throws `NotSupportedError` when checksums are wanted and the server has none that can be made here. */
  constructor(sides: TreeSides, { newer, checksum, keepTime }: JudgeOptions) {
    if (checksum && sides.algorithm === undefined) {
      const message =
        'The server offers no digest that can be compared with one made here; compare without --checksum.';
      throw new NotSupportedError(message, { needs: ['HASH', 'XSHA256', 'XSHA512', 'XSHA1', 'XMD5', 'XCRC'] });
    }
    this.#sides = sides;
    const timesAreKept = keepTime && (sides.direction === 'down' || sides.canKeepTime);
    this.#options = { newer, checksum, timesAreKept, canAskTime: sides.canAskTime };
  }

  /** By what the listings say. */
  compare({ source, target }: FilePair): Comparison {
    return compareFiles(source, target, this.#options);
  }

  /** By what the server says when it is asked. */
  async examine(
    pair: FilePair,
    what: 'time' | 'checksum',
    client: Client,
    signal: AbortSignal,
  ): Promise<CopyReason | undefined> {
    if (what === 'checksum') return (await this.#digestsAgree(pair, client, signal)) ? undefined : 'checksum';
    const { direction } = this.#sides;
    const { remote } = bothSides(this.#sides);
    const path = remote.pathOf(direction === 'down' ? pair.path : pair.targetPath);
    const modifiedMs = await askTime(client, path, signal);
    const { target } = pair;
    const known = modifiedMs === undefined ? {} : { modifiedMs, modifiedUncertain: false };
    const exact = direction === 'down' ? { ...pair.source, ...known } : pair.source;
    const there = direction === 'up' && target !== undefined ? { ...target, ...known } : target;
    const comparison = compareFiles(exact, there, { ...this.#options, canAskTime: false });
    return comparison.kind === 'copy' ? comparison.why : undefined;
  }

  async #digestsAgree(pair: FilePair, client: Client, signal: AbortSignal): Promise<boolean> {
    const { local, remote } = bothSides(this.#sides);
    const isDown = this.#sides.direction === 'down';
    const here = { tree: local, path: isDown ? pair.targetPath : pair.path };
    const there = { tree: remote, path: isDown ? pair.path : pair.targetPath };
    return digestsAgree(here, there, this.#sides.algorithm ?? '', { client, signal });
  }
}
