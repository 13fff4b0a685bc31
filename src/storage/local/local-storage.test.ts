import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { createLocalStorage, storageContract, type LocalStorageOptions } from '../index.ts';

interface Variant extends Omit<LocalStorageOptions, 'root'> {
  readonly name: string;
  readonly skip?: Readonly<Record<string, string>>;
}

const variants: readonly Variant[] = [
  { name: 'the storage on disk (rename)', durability: 'rename' },
  { name: 'the storage on disk (fsync)', durability: 'fsync' },
  {
    name: 'the storage on disk (paths checked by realpath)',
    durability: 'rename',
    pathCheck: 'realpath',
    skip: { 'rename-under-upload': 'without descriptors of folders an upload cannot follow a folder that moves' },
  },
];

for (const { name, skip, ...options } of variants) {
  storageContract({
    name,
    test,
    ...(skip === undefined ? {} : { skip }),
    createBackend: async () => {
      const root = await mkdtemp(join(tmpdir(), 'twinline-storage-'));
      const backend = await createLocalStorage({ root, ...options });
      return { backend, dispose: () => rm(root, { recursive: true }) };
    },
  });
}
