/** Replies, named by situation. Texts follow FileZilla Server's where the field notes show one. */

import type { MalformedLineReason, Reply } from '../protocol/index.ts';

/** A one-line reply. */
export function reply(code: number, text: string): Reply {
  return { code, lines: [text] };
}

/** A reply of several lines. */
export function replyLines(code: number, lines: readonly string[]): Reply {
  return { code, lines };
}

export const replies = {
  abortDone: reply(226, 'Abort successful'),
  authAlreadySecure: reply(503, 'The control connection is already under TLS'),
  authBytesBehind: reply(503, 'Bytes in clear came behind AUTH; they were dropped and TLS was not started'),
  authMechanismUnknown: reply(504, 'Authentication mechanism not known, use AUTH TLS'),
  authCleared: reply(503, 'CCC has taken TLS off: open a new connection to have it again'),
  authNoCertificate: reply(431, 'TLS is not available: this server has no certificate'),
  banned: (untilMs: number | undefined): Reply =>
    reply(
      421,
      untilMs === undefined
        ? 'Your address is banned'
        : `Your address is banned until ${new Date(untilMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ),
  badSequence: (text: string): Reply => reply(503, text),
  badSyntax: (text: string): Reply => reply(501, text),
  commandMalformed: (reason: MalformedLineReason): Reply =>
    reply(
      500,
      reason === 'bare-lf'
        ? 'Syntax error: a command ends with CR LF, not with LF alone; all up to the next CR LF is dropped'
        : 'Syntax error: a command ends with CR LF and holds no NUL, CR or LF',
    ),
  commandTooLong: (maxLineBytes: number): Reply => reply(500, `Line too long, the limit is ${maxLineBytes} bytes`),
  commandUnknown: reply(500, 'Syntax error, command unrecognized'),
  commandNotImplemented: reply(502, 'Command not implemented'),
  dataNotPrivate: reply(521, 'Data connection must be private, use PBSZ 0 and PROT P first'),
  dataNotOpened: (text: string): Reply => reply(425, text),
  epsvOnly: reply(503, 'EPSV ALL was accepted: only EPSV opens data connections until the session ends'),
  goodbye: reply(221, 'Goodbye'),
  idle: (seconds: number): Reply => reply(421, `No command within ${seconds} s, closing the control connection`),
  internalError: (reference: string): Reply =>
    reply(451, `Requested action aborted: internal error, reference ${reference}`),
  loggedOn: reply(230, 'Logged on'),
  loggedOnByCertificate: reply(232, 'Logged on by the client certificate'),
  loginNeeded: reply(530, 'Please log in with USER and PASS first'),
  loginNotChecked: (reference: string): Reply =>
    reply(421, `Logins cannot be checked at the moment, try again later (reference ${reference})`),
  loginRefused: reply(530, 'Login or password incorrect'),
  loginTimeout: (seconds: number): Reply => reply(421, `No login within ${seconds} s, closing the control connection`),
  otherProtocol: reply(421, 'This is an FTP server'),
  noLoginBehindCcc: reply(530, 'CCC has taken TLS off: open a new connection to log in'),
  passwordNeeded: (name: string): Reply => reply(331, `Password required for ${name}`),
  readOnly: reply(550, 'Permission denied: this user may only read'),
  proxyHeaderNeeded: reply(421, 'A PROXY protocol header is expected in front of this connection'),
  endedByOperator: reply(421, 'The operator of the server has ended this session'),
  shuttingDown: reply(421, 'The server is shutting down, try again later'),
  tlsNeeded: reply(530, 'This server needs TLS, use AUTH TLS first'),
  tooManyBadCommands: reply(421, 'Too many bad commands, closing the control connection'),
  tooManyFailedLogins: reply(421, 'Too many failed logins, closing the control connection'),
  tooManyWaitingCommands: reply(421, 'Too many commands wait for the transfer, closing the control connection'),
  noDescriptors: reply(421, 'The server has no room for another connection now, try again later'),
  noWorker: reply(421, 'The server cannot take another connection at this moment, try again later'),
  tooManySessions: reply(421, 'Too many sessions, try again later'),
  tooManyFromAddress: reply(421, 'Too many sessions from your address, close some first'),
  tooManyUnauthenticated: reply(421, 'Too many connections without a login, make place for newer ones'),
  tooManySessionsOfUser: (most: number): Reply =>
    reply(530, `This user has ${most} sessions already, as many as may be; end one of them first`),
  userGone: reply(421, 'This user is not admitted any more, closing the control connection'),
  transferAborted: reply(426, 'Connection closed; transfer aborted.'),
  transferOk: reply(226, 'Transfer OK'),
} as const;
