/** A small tree by `mirror` over lines that break: every file exact, or an honest failure that the same command completes. */

import { chown, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { seededBytes } from '../../src/testing/index.ts';
import { FaultyWork, type WorkSetting } from './faulty-work.ts';
import { randomOf } from './random.ts';
import { callWords } from './transfer-site.ts';

interface TreeFile {
  readonly path: string;
  readonly content: Buffer;
  /** What has the name before. */
  readonly old: Buffer | undefined;
}

const folders = ['', 'a', 'a/b', 'c'];

/** Some files in some folders, the largest of the size of the plan. */
function treeOf({ index, plan, seed }: WorkSetting): TreeFile[] {
  const random = randomOf(seed ^ 0x27d4eb2f, index);
  const sizes = [plan.size, 0, ...Array.from({ length: random.between(3, 8) }, () => random.between(1, 60_000))];
  return sizes.map((size, nth) => {
    const oldSize = plan.before === 'same size' ? size : size + 11;
    const hasOld = plan.before !== 'nothing' && random.chance(0.4);
    return {
      path: join(random.pick(folders), `file ${nth}`),
      content: seededBytes(size, index * 100 + nth),
      old: hasOld ? seededBytes(oldSize, index * 100 + nth + 50_000_000) : undefined,
    };
  });
}

export class FaultyMirror extends FaultyWork {
  protected readonly resumeWords = [];
  readonly #files: readonly TreeFile[];
  readonly #local: string;
  readonly #remoteName: string;
  readonly #remote: string;

  constructor(setting: WorkSetting) {
    super(setting);
    const { index, folder, site } = setting;
    this.#files = treeOf(setting);
    this.#local = join(folder, `m${index}`);
    this.#remoteName = `m${index}`;
    this.#remote = join(site.root, this.#remoteName);
  }

  get #isDown(): boolean {
    return this.plan.verb === 'mirror down';
  }

  get #target(): string {
    return this.#isDown ? this.#local : this.#remote;
  }

  protected override async layFiles(): Promise<void> {
    const source = this.#isDown ? this.#remote : this.#local;
    await mkdir(source, { mode: 0o755 });
    await mkdir(this.#target);
    for (const { path, content, old } of this.#files) {
      await mkdir(dirname(join(source, path)), { recursive: true });
      await writeFile(join(source, path), content, { mode: 0o644 });
      if (old === undefined) continue;
      await mkdir(dirname(join(this.#target, path)), { recursive: true });
      await writeFile(join(this.#target, path), old);
      await utimes(join(this.#target, path), 1_600_000_000, 1_600_000_000);
    }
    const { uid, gid } = await stat(this.setting.site.root);
    if (!this.#isDown) for (const path of this.#remotePaths()) await chown(path, uid, gid).catch(() => undefined);
  }

  #remotePaths(): string[] {
    return [...folders, ...this.#files.map(({ path }) => path)].map((path) => join(this.#remote, path));
  }

  protected override words(): string[] {
    const { site, relay } = this.setting;
    const { url, session } = callWords(site, relay.host, this.plan.protection, this.#remoteName);
    const sides = this.#isDown ? [`${url}/`, this.#local] : [this.#local, `${url}/`];
    return ['mirror', ...sides, '--parallel', '2', ...session];
  }

  protected override async isWhole(): Promise<boolean> {
    for (const { path, content } of this.#files) {
      const there = await readFile(join(this.#target, path)).catch(() => undefined);
      if (there?.equals(content) !== true) return false;
    }
    return true;
  }

  /** Under each name what was there before, or the file as a whole. */
  protected override async judgeWhatIsThere(): Promise<void> {
    const { site } = this.setting;
    if (!this.#isDown && !site.keepsNamesWhole) return;
    for (const { path, content, old } of this.#files) {
      const there = await readFile(join(this.#target, path)).catch(() => undefined);
      if (there === undefined ? old === undefined : there.equals(content) || old?.equals(there) === true) continue;
      if (there === undefined && !this.#isDown && this.plan.protection !== 'plain') this.complain(`"${path}" has gone`);
      // In clear a line that is cut in order looks like the end of a file.
      const isBeginning = there !== undefined && content.subarray(0, there.length).equals(there);
      if (this.#isDown || this.plan.protection !== 'plain' || !isBeginning) this.complain(`"${path}" is not whole`);
    }
  }
}
