/** Part `storage`: the interface of storage backends, their contract suite, and the backends themselves. */

export * from './storage-backend.ts';
export { explainedStorageError, isNotFound, storageError, unlessNotFound } from './storage-error.ts';
export { openView } from './views/open-view.ts';
export { createMountedStorage, type StorageMount } from './views/mounted-storage.ts';
export { hiddenPrefix, isHiddenName, maxNameBytes, maxPathBytes } from './path-names.ts';
export { createMemoryStorage, type MemoryStorageOptions } from './memory/memory-storage.ts';
export { createLocalStorage, type LocalStorage, type LocalStorageOptions } from './local/local-storage.ts';
export type { PathCheck } from './local/confined-root.ts';
export { storageContract, type StorageContractOptions } from './contract.ts';
