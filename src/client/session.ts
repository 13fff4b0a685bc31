/** One login: a control line that is ready for work, and what has been learned about the server on it. */

import type { Scope } from '../net/index.ts';
import { FeatureList, parseFeatures, type ParsedReply } from '../protocol/index.ts';
import { throwIfAborted, untilAborted } from './cancellation.ts';
import type { ClientTls } from './client-tls.ts';
import type { ControlSession } from './control-session.ts';
import type { ResolvedOptions } from './options.ts';
import type { SessionKnowledge } from './knowledge/session-knowledge.ts';
import { requireCompletion } from './replies.ts';

export type TransferType = 'A' | 'I';

/** What a session starts with. */
export interface SessionParts {
  readonly options: ResolvedOptions;
  readonly control: ControlSession;
  /** Undefined in clear. */
  readonly tls: ClientTls | undefined;
  /** The server as a proxy is asked for it: the name, or the address that it was found under. */
  readonly serverHost: string;
  readonly knowledge: SessionKnowledge;
}

export class Session {
  readonly options: ResolvedOptions;
  readonly control: ControlSession;
  readonly tls: ClientTls | undefined;
  readonly serverHost: string;
  /** What is known of the server, from this session and earlier ones. */
  readonly knowledge: SessionKnowledge;
  /** What is known by now wants another session: a transfer that can be repeated is worth it. */
  isToBeReplaced = false;
  /** The server has been told that EPSV is all that will come (RFC 2428 section 4), and refuses everything else. */
  isEpsvAll = false;
  /** What announces a port of ours in active mode; PORT once EPRT has failed. */
  activeVerb: 'EPRT' | 'PORT' = 'EPRT';
  /** REST was sent, and no transfer has used it up yet: the next one says where it begins, also at 0. */
  hasRestartMarker = false;
  /** Where the login has led; undefined where the server does not say. */
  loginDirectory: string | undefined;
  #type: TransferType | undefined;
  #hashAlgorithm: string | undefined;
  #features: FeatureList | undefined;

  constructor({ options, control, tls, knowledge, serverHost }: SessionParts) {
    this.options = options;
    this.control = control;
    this.tls = tls;
    this.serverHost = serverHost;
    this.knowledge = knowledge;
  }

  get scope(): Scope {
    return this.control.scope;
  }

  get isAlive(): boolean {
    return this.control.loss === undefined;
  }

  info(text: string, channel: 'control' | 'data' = 'control'): void {
    this.options.onTrace({ kind: 'info', channel, text });
  }

  /** Sends a command and resolves with its final reply, whatever it says. */
  async ask(verb: string, argument?: string, signal?: AbortSignal): Promise<ParsedReply> {
    throwIfAborted(signal);
    this.control.requireAlive();
    return untilAborted(this.control.command(verb, argument), signal);
  }

  /** As `ask`, and anything but a 2xx is an error. */
  async demand(verb: string, argument?: string, signal?: AbortSignal): Promise<ParsedReply> {
    return requireCompletion(verb, argument, await this.ask(verb, argument, signal));
  }

  /** Sets TYPE, unless it is so already. */
  async setType(type: TransferType, signal?: AbortSignal): Promise<void> {
    if (this.#type === type) return;
    this.#type = undefined;
    await this.demand('TYPE', type, signal);
    this.#type = type;
  }

  /** Chooses the algorithm of HASH (draft-bryan-ftpext-hash section 4), unless it is chosen already. */
  async setHashAlgorithm(algorithm: string, signal?: AbortSignal): Promise<void> {
    if (this.#hashAlgorithm === algorithm) return;
    this.#hashAlgorithm = undefined;
    await this.demand('OPTS', `HASH ${algorithm}`, signal);
    this.#hashAlgorithm = algorithm;
  }

  /** Forgets what the session is set to, after a command that could have changed it. */
  forgetSettings(): void {
    this.#type = undefined;
    this.#hashAlgorithm = undefined;
  }

  /** What FEAT says (RFC 2389), asked once; empty where the server does not know FEAT. */
  async features(signal?: AbortSignal): Promise<FeatureList> {
    if (this.#features !== undefined) return this.#features;
    const reply = await this.ask('FEAT', undefined, signal);
    this.#features = reply.code === 211 ? parseFeatures(reply.lines) : new FeatureList([]);
    return this.#features;
  }
}
