/** One file by `get` or `put` over lines that break: bit-exact, or an honest failure that --resume completes. */

import { chown, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededBytes } from '../../src/testing/index.ts';
import { FaultyWork, type WorkSetting } from './faulty-work.ts';
import { callWords } from './transfer-site.ts';

export class FaultyFile extends FaultyWork {
  protected readonly resumeWords = ['--resume'];
  readonly #content: Buffer;
  readonly #old: Buffer | undefined;
  readonly #local: string;
  readonly #remoteName: string;
  readonly #remote: string;

  constructor(setting: WorkSetting) {
    super(setting);
    const { index, folder, site } = setting;
    const { size, before } = this.plan;
    this.#content = seededBytes(size, index);
    const oldSize = before === 'same size' ? size : Math.floor(size * 1.3) + 7;
    this.#old = before === 'nothing' ? undefined : seededBytes(oldSize, index + 1_000_000);
    this.#local = join(folder, `f${index}`, 'file');
    this.#remoteName = `f${index}.bin`;
    this.#remote = join(site.root, this.#remoteName);
  }

  /** Where the file comes to stand. */
  get #target(): string {
    return this.plan.verb === 'get' ? this.#local : this.#remote;
  }

  protected override async layFiles(): Promise<void> {
    await mkdir(join(this.#local, '..'));
    const [source, target] = this.plan.verb === 'get' ? [this.#remote, this.#local] : [this.#local, this.#remote];
    await writeFile(source, this.#content, { mode: 0o644 });
    if (this.#old === undefined) return;
    await writeFile(target, this.#old);
    // What is there of old is older, and belongs to who may replace it.
    await utimes(target, 1_600_000_000, 1_600_000_000);
    const { uid, gid } = await stat(this.setting.site.root);
    if (target === this.#remote) await chown(target, uid, gid);
  }

  protected override words(): string[] {
    const { site, relay } = this.setting;
    const { url, session } = callWords(site, relay.host, this.plan.protection, this.#remoteName);
    return this.plan.verb === 'get'
      ? ['get', url, '-o', this.#local, ...session]
      : ['put', this.#local, url, ...session];
  }

  protected override async isWhole(): Promise<boolean> {
    const there = await readFile(this.#target).catch(() => undefined);
    const hasPart = await stat(`${this.#local}.part`).catch(() => undefined);
    return there?.equals(this.#content) === true && hasPart === undefined;
  }

  /** Nothing under the name but what was there before, or the file as a whole. */
  protected override async judgeWhatIsThere(): Promise<void> {
    const { verb, protection } = this.plan;
    const there = await readFile(this.#target).catch(() => undefined);
    const isOld = there === undefined ? this.#old === undefined : this.#old?.equals(there) === true;
    if (verb === 'get') {
      if (!isOld) this.complain('something new under the name of a file that is not whole');
      const part = await readFile(`${this.#local}.part`).catch(() => undefined);
      if (part !== undefined && !this.#content.subarray(0, part.length).equals(part)) {
        this.complain('a .part that is no beginning of the file');
      }
      return;
    }
    if (!this.setting.site.keepsNamesWhole || isOld || there === undefined || this.#content.equals(there)) return;
    // In clear a line that is cut in order looks like the end of a file.
    const isBeginning = this.#content.subarray(0, there.length).equals(there);
    if (protection !== 'plain' || !isBeginning) this.complain('a file on the server that is not whole');
  }
}
