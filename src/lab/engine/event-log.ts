/** What happened in a case, in order and with times: the ground of every verdict and the content of every timeline. */

import { printable } from '../../protocol/index.ts';

/** `lab` is this end; `peer` is the server or the client under test. */
export type Actor = 'lab' | 'peer';

/** Which line of which session: `control 1`, `data 2`. */
export type LineName = string;

interface EventBase {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  /** Absent for what concerns no line. */
  readonly line?: LineName;
}

export type LabEvent =
  | (EventBase & { readonly kind: 'connected'; readonly by: Actor; readonly text: string })
  /** A command or reply, or a piece of one, as it was written; secrets masked. */
  | (EventBase & { readonly kind: 'text'; readonly by: Actor; readonly text: string })
  /** Payload; consecutive pieces of one direction are joined: `untilMs` is the time of the last one. */
  | (EventBase & { readonly kind: 'bytes'; readonly by: Actor; readonly bytes: number; readonly untilMs: number })
  | (EventBase & { readonly kind: 'tls'; readonly text: string })
  /** How a line ended: `close-notify`, `fin`, `reset`. */
  | (EventBase & { readonly kind: 'ended'; readonly by: Actor; readonly how: string })
  /** What the lab did on purpose. */
  | (EventBase & { readonly kind: 'fault'; readonly text: string })
  | (EventBase & { readonly kind: 'process'; readonly text: string })
  | (EventBase & { readonly kind: 'note'; readonly text: string });

type Distribute<T> = T extends unknown ? Omit<T, 'atMs'> : never;
export type NewEvent = Distribute<Exclude<LabEvent, { kind: 'bytes' }>>;

/** More events than this are counted and not kept: a peer that never stops must not fill the memory. */
const maxEvents = 5_000;
/** Longer texts are cut: 64 KiB of garbage say no more than the first of them. */
const maxTextCharacters = 2_000;
/** Text that a case keeps in all: the reports of some hundred cases must fit a string, and the memory. */
const maxCaseCharacters = 200_000;

export class EventLog {
  readonly events: LabEvent[] = [];
  /** Events that were not kept. */
  dropped = 0;
  readonly #startedMs = performance.now();
  readonly #secrets: readonly string[];
  #characters = 0;

  /** `secrets` never appear in a text. */
  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets.filter((secret) => secret !== '');
  }

  /** Milliseconds since the case began. */
  now(): number {
    return Math.round((performance.now() - this.#startedMs) * 10) / 10;
  }

  add(event: NewEvent): void {
    this.#keep({ atMs: this.now(), ...this.#masked(event) });
  }

  bytes(line: LineName, by: Actor, count: number): void {
    const last = this.events.at(-1);
    const atMs = this.now();
    if (last?.kind === 'bytes' && last.line === line && last.by === by) {
      this.events[this.events.length - 1] = { ...last, bytes: last.bytes + count, untilMs: atMs };
    } else this.#keep({ kind: 'bytes', line, by, bytes: count, atMs, untilMs: atMs });
  }

  #keep(event: LabEvent): void {
    const characters = 'text' in event ? event.text.length : 0;
    if (this.events.length < maxEvents && this.#characters + characters <= maxCaseCharacters) {
      this.#characters += characters;
      this.events.push(event);
    } else this.dropped += 1;
  }

  #masked(event: NewEvent): NewEvent {
    if (!('text' in event)) return event;
    const text = this.mask(event.text).slice(0, maxTextCharacters);
    return { ...event, text: text.split('\n').map(printable).join('\n') };
  }

  /** The text without the secrets of this log. */
  mask(text: string): string {
    return this.#secrets.reduce((masked, secret) => masked.replaceAll(secret, '********'), text);
  }

  /** The same for sentences, in which a short secret may be a part of other words: it is hidden where it is one of its own. */
  maskSentence(text: string): string {
    return this.#secrets.reduce((masked, secret) => masked.replaceAll(secretIn(secret), '********'), text);
  }
}

/** From this length on nobody takes a secret for a part of a word. */
const wordLength = 8;

function secretIn(secret: string): RegExp | string {
  if (secret.length >= wordLength) return secret;
  const literal = secret.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${literal}(?![\p{L}\p{N}])`, 'gu');
}
