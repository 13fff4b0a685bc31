/** Part `server`: the FTPS server. */

import type * as Workers from './workers/index.ts';

export * from './audit.ts';
export { isVerb } from './commands/index.ts';
export {
  type DataLineFailure,
  dataLineFailures,
  type DataLineRecord,
  type DataOpener,
  type NotResumed,
} from './transfers/data-line.ts';
export type { LiveSession } from './live-sessions.ts';
export * from './options.ts';
export { type PassiveHost, PassiveHosts, type PassiveHostRule } from './passive-hosts.ts';
export { Listener, type ListeningAddress } from './listener.ts';
export { type Ban, isInForce } from './bans/ban.ts';
export { BanList, type BanListOptions } from './bans/ban-list.ts';
export { parseNetwork } from './limits/networks.ts';
export * from './server.ts';
export type {
  CrewMember,
  WorkerOptions,
  WorkerPort,
  WorkerServer,
  WorkersServer,
  WorkerStaff,
} from './workers/index.ts';

/** What a server of several processes is made of; a program with one process never loads it. */
export const loadWorkers = (): Promise<typeof Workers> => import('./workers/index.ts');

/** What a program needs beside the server itself: storages, user stores, and the interfaces to write others. */
export {
  createLocalStorage,
  createMemoryStorage,
  createMountedStorage,
  type Durability,
  type LocalStorage,
  type LocalStorageOptions,
  type MemoryStorageOptions,
  type ReadHandle,
  openView,
  type StorageBackend,
  storageError,
  type StorageMount,
  type StorageUsage,
  type StorageUser,
  type SweepReport,
  type ViewOptions,
  type WriteHandle,
  type WriteMode,
} from '../storage/index.ts';
export {
  type AnonymousOptions,
  chainUserStores,
  type ControlLossPolicy,
  createAnonymousUserStore,
  createHttpUserStore,
  createMemoryUserStore,
  createProgramUserStore,
  hashPassword,
  type HttpUserStoreOptions,
  type LoginContext,
  type MemoryUser,
  type MemoryUserStoreOptions,
  type MissingCloseNotifyPolicy,
  openSqliteUserStore,
  parseMounts,
  parsePasswordHash,
  parsePathRules,
  type PasswordHash,
  type ProgramUserStoreOptions,
  Secret,
  type UserAccount,
  type UserDirectory,
  type UserStore,
  verifyPassword,
} from '../users/index.ts';
export type { PortRange, ServerTlsSettings } from '../net/index.ts';
export {
  ConfigError,
  type ErrorCode,
  StorageError,
  type StorageErrorKind,
  TwinlineError,
  UserStoreError,
} from '../errors/index.ts';
export type { Entry, EntryType } from '../protocol/index.ts';
export type { RateSettings } from './shares/user-shares.ts';
