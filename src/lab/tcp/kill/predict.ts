/** What the programs at the two ends will see of the end of their connection. */

import type { TcpState } from '../table/tcp-state.ts';
import type { KillTarget, TargetEnd } from './kill-target.ts';
import type { KillMethodName } from './methods.ts';

export interface Prediction {
  readonly end: TargetEnd;
  /** The error of the next call on the socket. */
  readonly error: 'ECONNABORTED' | 'ECONNRESET' | 'EPIPE';
}

/** What the next read or write at an end fails with; a program that goes on writing behind that gets EPIPE. */
export function predict(method: KillMethodName, { near, far }: KillTarget): readonly Prediction[] {
  const byReset = ({ here }: TargetEnd): Prediction['error'] => resetError(here?.socket.state);
  return [
    { end: near, error: method === 'destroy' ? 'ECONNABORTED' : byReset(near) },
    { end: far, error: byReset(far) },
  ];
}

/** As the kernel has it (`tcp_reset`): who has got the end of the other half already is told that the pipe is broken. */
function resetError(state: TcpState | undefined): Prediction['error'] {
  return state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET';
}
