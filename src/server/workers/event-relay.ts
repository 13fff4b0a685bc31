/** Brings the events of a worker to the process that writes them down, several in one message. */

import type { ServerEvent } from '../audit.ts';

/** What an audit must not lose with a worker is sent before the client reads its reply. */
const sentAtOnce: ReadonlySet<ServerEvent['type']> = new Set(['transfer', 'file-operation', 'login', 'session-closed']);

/** Events that wait for a main process too busy to take them; what the audit needs not is dropped beyond it. */
const maxWaitingEvents = 50_000;

/** What is of the server as a whole, the process with the listeners tells itself. */
function isOfSessions(event: ServerEvent): boolean {
  return 'session' in event || event.type === 'connection-refused';
}

/** What events travel by. */
interface RelayWay {
  /** Takes events to the others that wait; `sent` is to be called when the system has them. */
  send(events: readonly ServerEvent[], sent: () => void): void;
  flushSoon(): void;
  flush(): void;
}

export class EventRelay {
  readonly #way: RelayWay;
  #gathered: ServerEvent[] = [];
  #waiting = 0;
  #dropped = 0;

  constructor(way: RelayWay) {
    this.#way = way;
  }

  readonly take = (event: ServerEvent): void => {
    if (!isOfSessions(event)) return;
    const isForAudit = sentAtOnce.has(event.type);
    if (this.#waiting > maxWaitingEvents && !isForAudit) {
      this.#dropped += 1;
      return;
    }
    this.#gathered.push(sendable(event));
    if (isForAudit) this.#way.flush();
    else this.#way.flushSoon();
  };

  /** Hands over what was gathered, to go with whatever is sent next. */
  handOver(): void {
    const events = this.#gathered;
    if (events.length === 0) return;
    this.#gathered = [];
    this.#waiting += events.length;
    this.#way.send(events, () => {
      this.#waiting -= events.length;
      if (this.#waiting === 0) this.#tellDropped();
    });
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const text = `${this.#dropped} lines of the log were lost, because the main process could not take them in time.`;
    this.#dropped = 0;
    this.#gathered.push({ at: Date.now(), type: 'warning', text });
    this.#way.flushSoon();
  }
}

interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** JSON has no errors. */
function sendable(event: ServerEvent): ServerEvent {
  if (!('error' in event) || !(event.error instanceof Error)) return event;
  const { name, message, stack } = event.error;
  return { ...event, error: { name, message, stack } satisfies SentError };
}

/** The event as it was before it was sent. */
export function revivedEvent(event: ServerEvent): ServerEvent {
  if (!('error' in event) || typeof event.error !== 'object' || event.error === null) return event;
  const { name, message, stack } = event.error as SentError;
  return { ...event, error: Object.assign(new Error(message), { name, stack }) };
}
