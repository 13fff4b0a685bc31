/** A data line of the lab as a client. */

import type { Socket } from 'node:net';
import { type LineObserver, WatchedLine } from '../../peer/index.ts';

export class DataLine extends WatchedLine {
  readonly name: string;
  /** Resolves when TLS stands on the line; at once where none was asked for. Some servers begin it only at the transfer. */
  secured: Promise<unknown> = Promise.resolve();

  constructor(raw: Socket, name: string, observer: LineObserver) {
    super(raw, observer);
    this.name = name;
  }
}
