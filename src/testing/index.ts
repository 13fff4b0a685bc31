/** Part `testing`: the published test kit. */

export * from '../peer/index.ts';
export * from './free-port.ts';
export { replayTrace, type ReplayOptions, type TraceReplay } from './replay/replay-trace.ts';
export type { RecordedExchange, RecordedSession, RecordedStep, RecordedTransfer } from './replay/recorded-session.ts';
export { type ContractUser, userStoreContract, type UserStoreContractOptions } from '../users/index.ts';
export { storageContract, type StorageContractOptions } from '../storage/index.ts';
