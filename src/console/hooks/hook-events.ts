/** The names of events that hooks are told of, made from audit records: `upload.complete`, `login.failed`, `file.delete`. */

import { fileOperations } from '../../server/index.ts';
import type { AuditRecord } from '../audit/audit-record.ts';

const transfers = ['upload', 'download', 'listing'].flatMap((direction) =>
  ['complete', 'interrupted', 'unproven'].map((verdict) => `${direction}.${verdict}`),
);

const own: Partial<Record<AuditRecord['event'], string>> = {
  'internal-error': 'server.error',
  'config-reload': 'server.config',
  'tls-settings': 'server.tls',
  sweep: 'server.sweep',
  ban: 'server.ban',
};

/** All names, for the check of settings. */
export const hookEvents: readonly string[] = [
  ...transfers,
  ...['upload.refused', 'download.refused', 'login.accepted', 'login.failed', 'session.begin', 'session.end'],
  ...fileOperations.filter((name) => name !== 'upload' && name !== 'download').map((name) => `file.${name}`),
  ...['file.refused', 'connection.refused', 'server.start', 'server.drain', 'server.stop'],
  ...Object.values(own),
];

/** The name of what a record tells. */
export function hookEventOf(record: AuditRecord): string {
  switch (record.event) {
    case 'login':
      return record.verdict === 'accepted' ? 'login.accepted' : 'login.failed';
    case 'transfer':
      return `${record.direction}.${record.verdict}`;
    case 'file-operation':
      if (record.operation === 'upload' || record.operation === 'download') return `${record.operation}.refused`;
      return record.verdict === 'done' ? `file.${record.operation}` : 'file.refused';
    default:
      return own[record.event] ?? record.event.replace('-', '.');
  }
}

/** Whether `pattern` (a name, `upload.*` or `*`) means this name. */
export function matchesHook(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));
}
