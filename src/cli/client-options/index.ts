/** The options that the subcommands of the client share: one file a subject, each with its records and their reading. */

export {
  type ClientCall,
  parseTarget,
  reachOptions,
  readClientCall,
  sessionOptions,
  storableOptions,
} from './client-call.ts';
export { passwordNote } from './login.ts';
export { text, texts } from './option-values.ts';
export { readTransferSettings, transferOptions, type TransferSettings } from './transfer.ts';
