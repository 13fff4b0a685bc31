/** Part `server`: the FTPS server. */

export * from './audit.ts';
export * from './options.ts';
export * from './server.ts';
