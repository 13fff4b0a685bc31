/** Reads how many processes serve sessions. */

import { availableParallelism } from 'node:os';
import type { GivenSettings } from '../given-settings.ts';

/** More than machines of today have processors for; each takes some 60 MB. */
const maxWorkers = 128;

/** 1: the process itself serves them. */
export function workersOf(given: GivenSettings): number {
  const text = given.text('workers');
  if (text === undefined) return 1;
  if (text === 'auto') return Math.min(maxWorkers, availableParallelism());
  const workers = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (workers >= 1 && workers <= maxWorkers) return workers;
  throw given.wrong('workers', `takes auto or a number from 1 to ${maxWorkers}; "${text}" is not that.`);
}
