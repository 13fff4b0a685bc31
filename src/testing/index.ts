/** Part `testing`: the published test kit. */

export * from './certificates.ts';
export * from './child-process.ts';
export * from './chunked-bytes.ts';
export * from './deadline.ts';
export * from './free-port.ts';
export * from './line-ending.ts';
export * from './scripted-client.ts';
export * from './scripted-server.ts';
export * from './scripted-session.ts';
export * from './temp-folder.ts';
export * from './watched-line.ts';
export { type ContractUser, userStoreContract, type UserStoreContractOptions } from '../users/index.ts';
export { storageContract, type StorageContractOptions } from '../storage/index.ts';
