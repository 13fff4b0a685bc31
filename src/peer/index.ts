/** Part `peer`: byte-level FTP peers that do exactly what they are told, for the lab and the test kit. */

export * from './certificates.ts';
export * from './chunked-bytes.ts';
export * from './deadline.ts';
export * from './line-ending.ts';
export * from './reply-text.ts';
export * from './scripted-client.ts';
export * from './scripted-server.ts';
export * from './scripted-session.ts';
export * from './tls13-records.ts';
export * from './watched-line.ts';
