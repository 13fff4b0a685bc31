/** Part `protocol`: codecs, replies, state tables and both connection engines, pure: bytes in, events out. */

export * from './arguments.ts';
export * from './command-line.ts';
export * from './features.ts';
export * from './line-splitter.ts';
export * from './path-text.ts';
export * from './reply-codes.ts';
export * from './reply.ts';
export * from './telnet.ts';
export * from './time-value.ts';
export * from './virtual-path.ts';
export * from './address/extended.ts';
export * from './address/host-port.ts';
export * from './address/ip-address.ts';
export * from './listing/entry.ts';
export * from './state/events.ts';
export * from './state/machine.ts';
export * from './state/tables.ts';
export * from './client-connection.ts';
export * from './server-connection.ts';
