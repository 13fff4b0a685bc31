/** Part `console`: the admin port with metrics and state, for those who look after a server. */

export * from './admin-server.ts';
export * from './audit/audit-record.ts';
export * from './audit/file-sink.ts';
export * from './audit/http-sink.ts';
export * from './audit/sqlite-sink.ts';
export * from './audit/xferlog.ts';
export * from './hooks/hook-events.ts';
export * from './hooks/hook-sink.ts';
export * from './metrics/server-metrics.ts';
export type { AdminApi } from './routes/define-route.ts';
export * from './server-state.ts';
export * from './sinks/line-file.ts';
export * from './sinks/sink.ts';
