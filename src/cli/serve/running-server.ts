/** A server that runs, in this process alone or with workers: what the program needs of it. */

import type { DrainReport, FtpsServer, ListeningAddress, LiveCount, LiveSession } from '../../server/index.ts';
import type { ServerTlsSettings } from '../../net/index.ts';

export interface RunningServer {
  start(): Promise<readonly ListeningAddress[]>;
  reconfigure(options: Parameters<FtpsServer['reconfigure']>[0]): Promise<void>;
  replaceTlsSettings(settings: ServerTlsSettings): void;
  countsByOwner(): readonly LiveCount[] | Promise<readonly LiveCount[]>;
  liveSessions(): readonly LiveSession[] | Promise<readonly LiveSession[]>;
  endSession(number: number): boolean;
  drain(timeoutMs: number): Promise<DrainReport>;
  close(): Promise<void>;
}
