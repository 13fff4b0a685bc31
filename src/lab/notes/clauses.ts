/** The clauses that explain the notes, in the words of the documents and in plain ones. */

export interface Clause {
  /** `RFC 959 section 3.2`. */
  readonly clause: string;
  /** Words of the document. */
  readonly quote: string;
  /** What it means here. */
  readonly means: string;
}

export const fiveCloses: Clause = {
  clause: 'RFC 959 section 3.2',
  quote:
    'The server MUST close the data connection under the following conditions: 1. The server has completed sending data in a ' +
    'transfer mode that requires a close to indicate EOF. 2. The server receives an ABORT command from the user. 3. The port ' +
    'specification is changed by a command from the user. 4. The control connection is closed legally or otherwise. 5. An ' +
    'irrecoverable error condition occurs.',
  means: 'The fourth is what happens here: "or otherwise" is a reset, a crash, a cable, a firewall that has forgotten.',
};

export const unexpectedClose: Clause = {
  clause: 'RFC 959 section 4.1.1',
  quote:
    'An unexpected close on the control connection will cause the server to take the effective action of an abort (ABOR) and ' +
    'a logout (QUIT).',
  means:
    'The transfer is given up as if ABOR had come, and the session is over: 426 stands in the log of a server alone, for the ' +
    'line that would carry it is gone.',
};

export const dataIsItsOwn: Clause = {
  clause: 'RFC 4217 section 7',
  quote: 'For i) and ii), the FTP client MUST be the TLS client and the FTP server MUST be the TLS server.',
  means:
    'The data line is a TLS connection of its own. Nothing on it fails when the control line goes: whoever ends it does so by ' +
    'choice. close_notify on a transfer that was cut tells TLS that all was sent, so a client must hold the bytes against ' +
    'SIZE and the final reply, which never comes.',
};

/** For a data line that is lost: what the server has to do, to say, and what neither end may believe. */
export const lostData: readonly Clause[] = [
  {
    clause: 'RFC 959 section 3.2',
    quote:
      'The server MUST close the data connection under the following conditions: […] 5. An irrecoverable error condition occurs.',
    means: 'The fifth is what happens here: the transfer is over for the server too. The control line is not touched.',
  },
  {
    clause: 'RFC 959 section 4.2',
    quote: '426 Connection closed; transfer aborted.',
    means:
      'The control line lives, so that the client hears it, as the log of the note shows. 425 is for a data line that cannot be ' +
      'opened, 451 for an error of the server itself.',
  },
  {
    clause: 'RFC 959 section 5.4',
    quote: '425, 426, 451',
    means:
      'These are the replies behind 150 to RETR and STOR when the transfer fails. A 226 would confirm a file that is not there, ' +
      'and no reply leaves the client waiting. The session goes on: the next command is taken as usual.',
  },
];

export const lostDataUnderTls: readonly Clause[] = [
  {
    clause: 'RFC 4217 section 12.7',
    quote: 'TLSshutdown() -------> TLSshutdown()',
    means:
      'A protected transfer ends by close_notify from each side before the line is closed. A line that is cut has none: that is ' +
      'how a file that is not whole is told from one that is.',
  },
  {
    clause: 'RFC 8446 section 6.1',
    quote:
      'The client and the server must share knowledge that the connection is ending in order to avoid a truncation attack.',
    means: 'Whoever sees the line end without close_notify must not take what came for the whole.',
  },
];

export const portOnly: Clause = {
  clause: 'RFC 2428 section 3',
  quote:
    'The network protocol used by the data connection will be the same network protocol used by the control connection. In ' +
    'addition, the network address used to establish the data connection will be the same network address used for the ' +
    'control connection.',
  means:
    'That answers the question of the note: without an argument the server goes by the control line, so EPSV works over IPv4 ' +
    'as over IPv6, and 229 names a port and nothing else.',
};

export const askedFamily: Clause = {
  clause: 'RFC 2428 section 3',
  quote:
    'If the requested protocol is supported by the server, it SHOULD use the protocol. If not, the server MUST return the 522 ' +
    'error messages as outlined in section 2.',
  means:
    'EPSV 1 asks for IPv4, EPSV 2 for IPv6; a family that there is not is refused with 522 and the list of those there are.',
};

export const unknownFamily: Clause = {
  clause: 'RFC 2428 section 2',
  quote: 'The response code 522 indicates that the server does not support the requested network protocol.',
  means: 'The list in parentheses names what the server can do, so that a client need not guess.',
};

export const epsvAll: Clause = {
  clause: 'RFC 2428 sections 3 and 4',
  quote:
    'Upon receipt of an EPSV ALL command, the server MUST reject all data connection setup commands other than EPSV (i.e., ' +
    'EPRT, PORT, PASV, et al.). […] if the client issues an "EPSV ALL" command, NATs may be able to put the connection on a "fast path" through the ' +
    'translator, as the EPRT command will never be used',
  means:
    'A server that still takes PASV, PORT or EPRT behind EPSV ALL breaks the promise that the client has made to the NAT.',
};

export const tlsPort: Clause = {
  clause: 'RFC 4217 section 7',
  quote:
    'it does not matter which side initiates the connection with a connect() call or which side reacts to the connection via ' +
    'the accept() call; the FTP client […] is always the TLS client',
  means: 'Under TLS nothing of this changes: the client connects to the port of 229 and begins the handshake on it.',
};
