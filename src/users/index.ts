/** Part `users`: the user-store interface, its contract suite, password hashing, the stores in memory and in SQLite. */

export * from './user-store.ts';
export * from './hashes/index.ts';
export { createMemoryUserStore, type MemoryUser, type MemoryUserStoreOptions } from './memory.ts';
export { userStoreContract, type ContractUser, type UserStoreContractOptions } from './contract.ts';
export { openSqliteUserStore, type SqliteUserStoreOptions, type UserDirectory } from './sqlite/sqlite-user-store.ts';
export { readUsers, type ReadUsers, type ReadUsersOptions } from './import/read-users.ts';
export { type ImportFormat, importFormats } from './import/source-line.ts';
export type { ImportedUser, ImportOutcome, ImportProblem } from './sqlite/import-users.ts';
export type { UserRecord } from './sqlite/user-record.ts';
export { parseControlLoss, serialiseControlLoss } from './control-loss-policy.ts';
export {
  type AccountJson,
  accountJson,
  type AccountSettings,
  accountSettingsOf,
  parseAccount,
} from './account-settings.ts';
export {
  isVirtualPath,
  parsePathRule,
  parsePathRules,
  type PathRule,
  type Right,
  rightNames,
} from './account/rights.ts';
export { serialisePathRule } from './account/rights.ts';
export { type Mount, parseMount, parseMounts, serialiseMount } from './account/mounts.ts';
export { type AnonymousOptions, createAnonymousUserStore } from './anonymous.ts';
export { chainUserStores } from './chain.ts';
export { readOnlyUserStore } from './read-only.ts';
export { createHttpUserStore, type HttpUserStoreOptions } from './hooks/http-user-store.ts';
export { createProgramUserStore, type ProgramUserStoreOptions } from './hooks/program-user-store.ts';
export type { HookLimits } from './hooks/hook-calls.ts';
