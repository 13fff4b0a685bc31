/** What a system error of connecting means, in words. */

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'nobody answered',
  EACCES: 'this system does not allow it',
};

/** The words fit behind a colon and end without a full stop. */
export function connectReason(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  return reasons[code] ?? (error.message === '' ? code : error.message.replace(/\.$/, ''));
}
