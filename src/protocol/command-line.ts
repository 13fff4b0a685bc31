/** Command lines (RFC 959 section 5.3): read on the server, written on the client, shown in logs without secrets. */

import { LocalProtocolError } from '../errors/index.ts';
import { decodePathText, encodePathText, printable } from './path-text.ts';
import { doubleIac } from './telnet.ts';

const space = 0x20;

export interface CommandLine {
  /** ASCII letters in upper case; empty when the line is empty or starts with a space. */
  readonly verb: string;
  /** Path text: exactly what stands behind the one space after the verb, spaces at its end included; else empty. */
  readonly argument: string;
  /** True when a space stands behind the verb, even with nothing behind it: `PASS ` has an empty argument, `PASS` none. */
  readonly hasArgument: boolean;
}

/** Reads one line without its CRLF. Never fails: what the line means is for others to judge. */
export function parseCommandLine(bytes: Uint8Array): CommandLine {
  const end = bytes.indexOf(space);
  const verb = upperCaseAscii(decodePathText(end === -1 ? bytes : bytes.subarray(0, end)));
  if (end === -1) return { verb, argument: '', hasArgument: false };
  return { verb, argument: decodePathText(bytes.subarray(end + 1)), hasArgument: true };
}

/**
 * The bytes of one command with its CRLF; an argument that is given stands behind one space, even when it is empty.
 * Throws `LocalProtocolError` (`ERR_TWINLINE_COMMAND_TEXT`) on CR, LF or NUL, which would smuggle in another command.
 */
export function serialiseCommand(verb: string, argument?: string): Uint8Array {
  const text = argument === undefined ? verb : `${verb} ${argument}`;
  if (text.includes('\r') || text.includes('\n') || text.includes('\0')) {
    // The argument may be a password, so the message does not hold it.
    const message = `The command ${displayCommand(verb)} holds a carriage return, a line feed or a NUL and was not sent.`;
    throw new LocalProtocolError('ERR_TWINLINE_COMMAND_TEXT', message);
  }
  return doubleIac(encodePathText(`${text}\r\n`));
}

/**
 * The command for logs and traces: control characters and undecodable bytes as `\xNN`, and nothing behind PASS, ACCT,
 * ADAT or SITE PSWD, in any case and also where junk stands before the word or no space behind it.
 */
export function displayCommand(verb: string, argument?: string): string {
  const text = argument === undefined || argument === '' ? verb : `${verb} ${argument}`;
  const secret = /^[^A-Za-z]*(PASS|ACCT|ADAT|SITE[^A-Za-z]+PSWD)/i.exec(text);
  if (secret === null) return printable(text);
  const word = (secret[1] as string).toUpperCase().replace(/[^A-Z]+/g, ' ');
  return secret[0].length === text.length ? word : `${word} ********`;
}

function upperCaseAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
