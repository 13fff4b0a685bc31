/** Part `testing`: the published test kit. */

export * from './certificates.ts';
export * from './child-process.ts';
export * from './chunked-bytes.ts';
export * from './deadline.ts';
export * from './free-port.ts';
export * from './temp-folder.ts';
