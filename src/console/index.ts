/** Part `console`: the admin port with metrics and state, for those who look after a server. */

export * from './admin-server.ts';
export * from './metrics/server-metrics.ts';
export * from './server-state.ts';
