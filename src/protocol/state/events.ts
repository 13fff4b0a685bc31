/** What can happen to a session, as the state tables see it: the outcome of a command, never the command itself. */

export const sessionEvents = [
  'user-named',
  'login-accepted',
  'login-refused',
  'session-reinitialised',
  'login-locked',
  'auth-accepted',
  'tls-established',
  'security-cleared',
  'tls-dropped',
  'buffer-size-set',
  'protection-clear-set',
  'protection-private-set',
  'epsv-all-accepted',
  'passive-opened',
  'address-given',
  'data-connected',
  'transfer-started',
  'abort-requested',
  'data-closed',
  'rename-source-given',
  'restart-given',
  'pending-consumed',
  'control-lost',
] as const;

/** An event of a session. */
export type SessionEvent = (typeof sessionEvents)[number];
