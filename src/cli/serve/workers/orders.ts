/** What a worker is told when it starts, and again when the configuration has been read anew. */

import type { ServerTlsSettings } from '../../../net/index.ts';
import { GivenSettings } from '../given-settings.ts';
import { resolveSettings, type ServeSettings } from '../settings.ts';

/** As JSON can hold it. Files of certificates are not read again: whoever the server goes on as may not be allowed to. */
export interface WorkerOrders {
  /** From 1 upwards; of how many. */
  readonly worker: number;
  readonly workers: number;
  /** A snapshot of the settings as they were given. */
  readonly given: string;
  /** Absent: no TLS. */
  readonly tls?: ServerTlsSettings;
}

/** What a worker says of its start, before anything else. */
export type WorkerStart = { readonly ready: true } | { readonly problem: string };

/** The settings that a worker goes by. Questions to hooks are bounded for all workers together, with one each at least. */
export function settingsOfOrders({ given, workers }: WorkerOrders): ServeSettings {
  const settings = resolveSettings(GivenSettings.restored(given));
  const { httpHook, programHook } = settings;
  return {
    ...settings,
    httpHook: httpHook && shared(httpHook, usualCalls.http, workers),
    programHook: programHook && shared(programHook, usualCalls.program, workers),
  };
}

/** Those of `users-http` and `users-program` where nothing else is said. */
const usualCalls = { http: 16, program: 8 };

function shared<Hook extends { readonly maxCalls?: number }>(hook: Hook, usual: number, workers: number): Hook {
  return { ...hook, maxCalls: Math.max(1, Math.floor((hook.maxCalls ?? usual) / workers)) };
}
