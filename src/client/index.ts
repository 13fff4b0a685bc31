/** Part `client`: the FTPS client library. */

export type { ActiveOptions } from './active.ts';
export { type Client, connect, type OperationOptions } from './client.ts';
export {
  type ClientLimits,
  type ClientTlsOptions,
  type ConnectOptions,
  type Deadlines,
  defaultDeadlines,
  defaultLimits,
  defaultRetry,
  type RetryOptions,
  type Security,
} from './options.ts';
export type { AddressFamily, AddressLookup, HostAddress } from './dial/host-addresses.ts';
export type { DownloadOptions } from './operations/download.ts';
export type { DownloadFileOptions } from './operations/download-file.ts';
export type { RemoteFacts } from './operations/facts.ts';
export type { FileHash, HashOptions } from './operations/hash.ts';
export type { RemovedEntry, RemoveTreeOptions, RemoveTreeResult } from './operations/remove-tree.ts';
export type { RefusedNames, WalkedEntry, WalkOptions } from './operations/walk.ts';
export { joinRemote, remoteNameProblem, remoteParent } from './remote-names.ts';
export type { ListOptions } from './operations/list.ts';
export type { ListedEntry, ListingFacts } from './operations/listing-reader.ts';
export type { AppendOptions, UniqueUploadOptions, UniqueUploadResult, UploadOptions } from './operations/upload.ts';
export type { UploadFileOptions } from './operations/upload-file.ts';
export type { DownloadTarget, SizedSource, UploadSource } from './payload.ts';
export type { SourcePlace } from './local-source.ts';
export { compareTrees, downloadSegments, mirrorDown, mirrorUp } from './on-demand.ts';
export { behindLinks } from './behind-links.ts';
export { createKnowledgeFile, type KnowledgeFileOptions } from './knowledge/knowledge-file.ts';
export type { Lesson, Recollection, ServerAddress } from './knowledge/knowledge-book.ts';
export { createMemoryKnowledge, type KnowledgeStore } from './knowledge/knowledge-store.ts';
export type { ServerKnowledge } from './knowledge/server-knowledge.ts';
export type { DownloadSegmentsOptions } from './segments/download-segments.ts';
export { TakenOverError } from './own-file.ts';
export { partPathOf, type PartPlace } from './part-file.ts';
export { type ClientPool, createPool, type PoolNotice, type PoolOptions } from './pool.ts';
export type { CompareTreesResult, TreeDifference } from './mirror/compare-trees.ts';
export type { CopyReason } from './mirror/compare.ts';
export type { MirrorFilter } from './mirror/filters.ts';
export type {
  CompareTreesOptions,
  MirrorEvent,
  MirrorFailure,
  MirrorOptions,
  MirrorResult,
  SessionLender,
} from './mirror/mirror-options.ts';
export type { MirrorDirection } from './mirror/tree-sides.ts';
export type { CertificateFacts } from '../net/index.ts';
export { progressEvery, type ProgressListener } from './progress-meter.ts';
export type { DownloadStream } from './read-stream.ts';
export type { FileTransferOptions, RetryNotice } from './resume.ts';
export type { TraceEvent, TraceListener, TracePhase, TraceStamp, TraceStep } from './trace.ts';
export type { TransferOptions, TransferPosition, TransferProgress, TransferResult } from './transfer-result.ts';
export { displayUrl, type FtpUrl, parseFtpUrl } from './url.ts';
export {
  ConfigError,
  ConnectionLostError,
  type ErrorCode,
  LocalProtocolError,
  NotSupportedError,
  PeerProtocolError,
  ReplyError,
  TimeoutError,
  TlsError,
  TransferIncompleteError,
  type TransferState,
  TwinlineError,
  UnsafeNameError,
} from '../errors/index.ts';
export type { Entry, EntryType } from '../protocol/index.ts';
