/** A ban: who is refused, until when and why. */

export interface Ban {
  /** An address or a network, as `parseNetwork` writes it. */
  readonly network: string;
  /** Milliseconds since 1970 UTC. */
  readonly sinceMs: number;
  /** The same; undefined: until somebody takes it back. */
  readonly untilMs: number | undefined;
  readonly reason: string;
  /** `server` for what the server has seen itself; `operator` for what it was told. */
  readonly by: 'server' | 'operator';
}

/** Whether a ban holds at a time. */
export function isInForce(ban: Ban, nowMs: number): boolean {
  return ban.untilMs === undefined || ban.untilMs > nowMs;
}
