/** Part `users`: the user-store interface, its contract suite, password hashing and the store in memory. */

export * from './user-store.ts';
export * from './password-hash.ts';
export { createMemoryUserStore, type MemoryUser, type MemoryUserStoreOptions } from './memory.ts';
export { userStoreContract, type ContractUser, type UserStoreContractOptions } from './contract.ts';
