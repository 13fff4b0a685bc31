/** How `twinline user list` shows users: a table for people, JSON lines for programs. */

import { printable } from '../../protocol/index.ts';
import {
  accountJson,
  serialiseControlLoss,
  serialiseMount,
  serialisePathRule,
  type UserRecord,
} from '../../users/index.ts';
import { formatByteSize, formatDuration } from '../serve/quantities.ts';

/** What is not as it is for most users, in words. */
function remarksOf(user: UserRecord, nowMs: number): string {
  const remarks = [
    user.disabled ? 'disabled' : '',
    user.readOnly ? 'read-only' : '',
    user.admin ? 'admin' : '',
    user.expiresMs === undefined ? '' : expiryText(user.expiresMs, nowMs),
    user.allowedNetworks.length === 0 ? '' : `from ${user.allowedNetworks.join(', ')}`,
    user.onControlLoss === undefined ? '' : `control loss: ${serialiseControlLoss(user.onControlLoss)}`,
    ...settingRemarks(user),
    user.missingCloseNotify === undefined ? '' : `missing close_notify: ${user.missingCloseNotify}`,
  ];
  return remarks.filter((text) => text !== '').join('; ');
}

function settingRemarks(user: UserRecord): readonly string[] {
  const { rights, mounts, quotaBytes, quotaFiles, rateUp, rateDown, maxSessions, idleTimeoutMs } = user;
  return [
    rights === undefined ? '' : `rights: ${rights.map((rule) => printable(serialisePathRule(rule))).join(' ')}`,
    mounts === undefined ? '' : `mounts: ${mounts.map((mount) => printable(serialiseMount(mount))).join(' ')}`,
    quotaBytes === undefined ? '' : `quota: ${formatByteSize(quotaBytes)}`,
    quotaFiles === undefined ? '' : `quota: ${quotaFiles} files`,
    rateUp === undefined ? '' : `up: ${formatByteSize(rateUp)}/s`,
    rateDown === undefined ? '' : `down: ${formatByteSize(rateDown)}/s`,
    maxSessions === undefined ? '' : `sessions: ${maxSessions}`,
    idleTimeoutMs === undefined ? '' : `idle: ${formatDuration(idleTimeoutMs)}`,
  ];
}

function expiryText(expiresMs: number, nowMs: number): string {
  const day = new Date(expiresMs).toISOString().slice(0, 10);
  return expiresMs <= nowMs ? `expired ${day}` : `until ${day}`;
}

export function userTable(users: readonly UserRecord[], nowMs: number): string {
  const rows = [
    ['NAME', 'HOME', ''],
    ...users.map((user) => [printable(user.name), printable(user.home), remarksOf(user, nowMs)]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([name = '', home = '', remarks = '']) =>
      `${name.padEnd(widths[0] ?? 0)}  ${home.padEnd(widths[1] ?? 0)}  ${remarks}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** One object a line, with the keys that an import takes. */
export function userJsonLines(users: readonly UserRecord[]): string {
  return users.map((user) => `${JSON.stringify(userJson(user))}\n`).join('');
}

function userJson(user: UserRecord): object {
  const { name, disabled, expiresMs, allowedNetworks } = user;
  const expires = expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() };
  return { name, ...accountJson(user), disabled, ...expires, allowedNetworks };
}
