/** Part `users`: the user-store interface, its contract suite, password hashing, the stores in memory and in SQLite. */

export * from './user-store.ts';
export * from './password-hash.ts';
export { createMemoryUserStore, type MemoryUser, type MemoryUserStoreOptions } from './memory.ts';
export { userStoreContract, type ContractUser, type UserStoreContractOptions } from './contract.ts';
export { openSqliteUserStore, type UserDirectory } from './sqlite/sqlite-user-store.ts';
export { parseControlLoss, serialiseControlLoss, type UserRecord } from './sqlite/user-record.ts';
export { readOnlyUserStore } from './read-only.ts';
