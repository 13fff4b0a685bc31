/** What documents ask of the server as a whole, beside its commands. */

import { kept, keptInPart, notKept, type Requirement } from './requirement.ts';

export const generalRequirements: readonly Requirement[] = [
  kept(
    'RFC 959 section 3.2',
    'Closes the data connection in each of five conditions: end of data, ABOR, new address, loss of the control connection, error.',
  ),
  kept(
    'RFC 959 section 3.3',
    'The data connection is opened when it is needed and closed behind each transfer in stream mode.',
  ),
  notKept(
    'RFC 959 section 5.2',
    'Dials active data connections from port 20, the one below its own.',
    'From any port: that takes the rights of the superuser for each transfer, and no client asks for it.',
  ),
  kept(
    'RFC 959 section 5.3',
    'Commands are read in any case of letters, in any segmentation, and end with CRLF; anything else is one 500.',
  ),
  kept(
    'RFC 959 section 5.4',
    'Commands are answered in order, one reply each; beside a running transfer STAT, NOOP and ABOR alone are heard.',
  ),
  keptInPart(
    'RFC 959 section 5.1',
    'The minimum implementation: USER QUIT PORT TYPE MODE STRU RETR STOR NOOP; ASCII non-print, stream, file and record.',
    'Of structures F alone.',
  ),
  kept(
    'RFC 1123 section 4.1.2.11',
    'Replies of several lines begin each line but the last in a way that no client takes for its end.',
  ),
  kept(
    'RFC 1123 section 4.1.2.12',
    'The data connection does not depend on the port of the client; EPSV and PASV are there beside PORT.',
  ),
  keptInPart(
    'RFC 1123 section 4.1.2.13',
    'The minimum implementation: USER PASS ACCT CWD CDUP QUIT PORT PASV TYPE STRU MODE RETR STOR APPE RNFR RNTO DELE RMD MKD PWD LIST NLST SYST STAT HELP NOOP.',
    'Of structures F alone; R is for systems that have records.',
  ),
  kept('RFC 1123 section 4.1.3.2', 'The idle timeout is 15 minutes, not under 5, and does not run during a transfer.'),
  kept(
    'RFC 1123 section 4.1.3.3',
    'The control connection is read while data move; its loss ends the transfer unless the operator wants otherwise.',
  ),
  kept(
    'RFC 854 section Synch',
    'Telnet commands are taken out, options refused, a doubled IAC is the byte 0xFF; IP and DM before ABOR are accepted.',
  ),
  kept(
    'RFC 2228 section 3',
    'A command that must be protected, or needs protected data, is refused with 530, 521 or 534 and nothing happens.',
  ),
  notKept(
    'RFC 2228 section 3',
    'Commands and replies wrapped one by one (MIC, CONF, ENC, ADAT).',
    'TLS protects the control connection as a whole (RFC 4217 section 4).',
  ),
  kept('RFC 2428 section 2', 'IPv4 and IPv6, on the family of the control connection.'),
  kept('RFC 2577 section 3', 'No bounce: data connections go to the control peer alone, and come from there alone.'),
  kept('RFC 2577 section 6', 'Whether a user is there cannot be told from replies.'),
  kept('RFC 2640 section 3.2', 'Names are UTF-8 and kept as the bytes they are.'),
  kept('RFC 3659 section 2.2', 'A path is everything behind the one space, spaces at its end included.'),
  kept('RFC 2228 section 3', 'Nothing that was set in clear counts after AUTH, a login included.'),
  kept('RFC 4217 section 7', 'The server is the TLS server of data connections, active ones too.'),
  kept(
    'RFC 4217 section 14',
    'STAT and ABOR are heard during a transfer under TLS as in clear; no urgent data is needed.',
  ),
  kept(
    'RFC 4217 section 10.2',
    'Required protection of data is looked at by every command that moves data, and by no opener: 521.',
  ),
];
