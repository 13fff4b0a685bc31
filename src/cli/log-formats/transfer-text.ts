/** One transfer in one line of text: direction, verdict, path, bytes, rate, cause. */

import { printable } from '../../protocol/index.ts';
import type { TransferRecord } from '../../server/index.ts';

/** For example `download complete /file.bin, 77,200,652 bytes in 0.21 s (367.6 MB/s), TLSv1.3 resumed`. */
export function describeTransfer(transfer: TransferRecord): string {
  const { direction, verdict, bytes, durationMs, startOffset, tls } = transfer;
  const rate = durationMs > 0 ? ` (${formatRate((bytes / durationMs) * 1000)})` : '';
  const parts = [
    `${direction} ${verdict} ${printable(transfer.path)}`,
    `${formatCount(bytes)} bytes${startOffset > 0 ? ` from ${formatCount(startOffset)} on` : ''} in ${formatSeconds(durationMs)}${rate}`,
    tls === undefined ? 'in clear' : `${tls.protocol}${tls.resumed ? ' resumed' : ''}`,
  ];
  const failed = verdict === 'complete' ? '' : `; ${transfer.cause}: ${printable(transfer.detail)}`;
  return `${parts.join(', ')}${failed}`;
}

function formatCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function formatSeconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 2 : 0)} s`;
}

function formatRate(bytesPerSecond: number): string {
  const units = ['B/s', 'kB/s', 'MB/s', 'GB/s'];
  let value = bytesPerSecond;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
