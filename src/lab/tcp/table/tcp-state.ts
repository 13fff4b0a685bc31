/** The states of a TCP connection as the kernel numbers and netstat names them. */

/** By number (include/net/tcp_states.h). */
export const tcpStates = [
  undefined,
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
] as const;

export type TcpState = NonNullable<(typeof tcpStates)[number]>;

export const tcpStateNames = tcpStates.filter((state) => state !== undefined);

export const tcpStateNumbers = Object.fromEntries(
  tcpStates.flatMap((state, number) => (state === undefined ? [] : [[state, number]])),
) as Readonly<Record<TcpState, number>>;

export function isTcpState(text: string): text is TcpState {
  return Object.hasOwn(tcpStateNumbers, text);
}

/** States in which both ends know each other: a reset means something to them. */
export const synchronisedStates: ReadonlySet<TcpState> = new Set<TcpState>([
  'ESTABLISHED',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'CLOSE_WAIT',
  'LAST_ACK',
  'CLOSING',
]);
