/** Part `testing`: the published test kit. */

export * from '../peer/index.ts';
export * from './free-port.ts';
export { type ContractUser, userStoreContract, type UserStoreContractOptions } from '../users/index.ts';
export { storageContract, type StorageContractOptions } from '../storage/index.ts';
