/** The suite that every storage backend passes. It registers nothing by itself: the test function comes from the caller. */

import assert from 'node:assert/strict';
import type { test as NodeTest } from 'node:test';

import { accountingCases } from './contract/accounting.ts';
import type { ContractCase } from './contract/contract-case.ts';
import { lifetimeCases } from './contract/lifetime.ts';
import { namingCases } from './contract/naming.ts';
import { optionalCases } from './contract/optional.ts';
import { readingCases } from './contract/reading.ts';
import { resumingCases } from './contract/resuming.ts';
import { treeCases } from './contract/tree.ts';
import { uploadingCases } from './contract/uploading.ts';
import type { StorageBackend } from './storage-backend.ts';

export interface StorageContractOptions {
  /** Stands in front of each test's name. */
  readonly name: string;
  /** `test` of `node:test`. */
  readonly test: typeof NodeTest;
  /** Creates an empty backend for one test; `dispose` runs after its `close`. */
  readonly createBackend: () => Promise<{ backend: StorageBackend; dispose: () => Promise<void> }>;
  /** Cases that this backend cannot pass, by id, each with the reason that the test run shows. */
  readonly skip?: Readonly<Record<string, string>>;
}

const cases: readonly ContractCase[] = [
  ...readingCases,
  ...uploadingCases,
  ...resumingCases,
  ...treeCases,
  ...namingCases,
  ...lifetimeCases,
  ...optionalCases,
  ...accountingCases,
];

/**
 * Registers the suite: one test for each clause of `StorageBackend`. Each ends with a check that nothing stays open.
 * Throws when `skip` names a case that does not exist.
 */
export function storageContract(options: StorageContractOptions): void {
  const skip = new Map(Object.entries(options.skip ?? {}));
  for (const id of skip.keys())
    assert.ok(
      cases.some((one) => one.id === id),
      `The storage contract has no case ${id}.`,
    );
  for (const { id, title, needs, run } of cases) {
    const reason = skip.get(id);
    void options.test(`${options.name} ${title}`, reason === undefined ? {} : { skip: reason }, async (t) => {
      const { backend, dispose } = await options.createBackend();
      try {
        if (needs !== undefined && backend[needs] === undefined) t.skip(`this storage has no ${needs}`);
        else await run(backend);
        assert.equal(backend.openHandles(), 0, 'something is open at the end of the test');
      } finally {
        await backend.close();
        await dispose();
      }
      assert.equal(backend.openHandles(), 0, 'something is open after close');
    });
  }
}
