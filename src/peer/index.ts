/**
 * Part `peer`: byte-level FTP peers that do exactly what they are told, and the programs and folders to try others
 * with, for the lab and the test kit.
 */

export * from './certificates.ts';
export * from './child-process.ts';
export * from './chunked-bytes.ts';
export * from './deadline.ts';
export * from './line-ending.ts';
export * from './offered-tickets.ts';
export { type LineEnds, openedLines, tlsKeys } from './peer-news.ts';
export * from './random.ts';
export * from './reply-text.ts';
export * from './scripted-client.ts';
export { defaultScripts } from './scripted-defaults.ts';
export * from './scripted-server.ts';
export * from './scripted-session.ts';
export * from './tls13-records.ts';
export * from './temp-folder.ts';
export { TooManyBytesError } from './unread-bytes.ts';
export * from './watched-line.ts';
