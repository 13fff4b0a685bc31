/** URLs of files on FTP servers (RFC 1738 section 3.2): ftpes, ftps and ftp, with names kept bytewise. */

import { ConfigError } from '../errors/index.ts';
import { decodePathText, encodePathText, hasControlCharacters, printable } from '../protocol/index.ts';
import type { Security } from './options.ts';

/** What a URL names. */
export interface FtpUrl {
  readonly security: Security;
  /** Without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Path text. Relative to the directory after the login, unless it begins with `/`, as it does behind `//` or `/%2F`. */
  readonly path: string;
}

const schemes: Readonly<Record<string, Security>> = { ftpes: 'explicit', ftps: 'implicit', ftp: 'plain' };

const urlForm = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:([^/]*)@)?(\[[^\]/]*\]|[^/:@[\]]*)(?::([^/]*))?(?:\/(.*))?$/s;

/** Parses a URL; without a scheme it is `ftpes`. Throws `ConfigError` (ERR_TWINLINE_URL) with what to write instead. */
export function parseFtpUrl(text: string): FtpUrl {
  const [, scheme = 'ftpes', login, hostPart = '', port, path = ''] = urlForm.exec(text) ?? [];
  const security = schemes[scheme.toLowerCase()];
  if (security === undefined) {
    throw urlError(
      text,
      `"${scheme}" is no scheme of FTP; use ftpes:// (explicit TLS), ftps:// (implicit TLS) or ftp:// (no TLS)`,
    );
  }
  const host = hostPart.replace(/^\[|\]$/g, '');
  if (host === '') throw urlError(text, 'it names no host; write for example ftpes://host/file');
  if (/\s/.test(host)) throw urlError(text, 'the host name holds a blank');
  const colon = login?.indexOf(':') ?? -1;
  return {
    security,
    host,
    port: port === undefined ? undefined : parsePort(text, port),
    user: login === undefined ? undefined : decode(text, colon === -1 ? login : login.slice(0, colon)),
    password: login === undefined || colon === -1 ? undefined : decode(text, login.slice(colon + 1)),
    path: decode(text, path),
  };
}

/** A password may hold a slash that was not escaped: it goes to the last `@` where what follows the colon is no port. */
const loginForm = /^((?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?[^/@:[]*):(?!\/\/)(?:[^/]*|(?!\d{1,5}(?:\/|$)).*)@/s;

/** The URL as it may be shown: without the password. */
export function displayUrl(text: string): string {
  return printable(text.replace(loginForm, '$1:********@'));
}

function parsePort(text: string, port: string): number {
  const value = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (value === 0 && loginForm.test(text)) throw urlError(text, 'a "/" in a password is written %2F');
  if (value < 1 || value > 65_535) throw urlError(text, `"${port}" is no port from 1 to 65535`);
  return value;
}

/** Percent-decodes to bytes and reads those as path text. */
function decode(url: string, text: string): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(text))
    throw urlError(url, 'a "%" in it is not followed by two hexadecimal digits; write %25 for it');
  const bytes: number[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] === '%') {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 3;
      continue;
    }
    const end = text.indexOf('%', at) === -1 ? text.length : text.indexOf('%', at);
    bytes.push(...encodePathText(text.slice(at, end)));
    at = end;
  }
  const decoded = decodePathText(Uint8Array.from(bytes));
  if (hasControlCharacters(decoded)) throw urlError(url, 'it holds a control character, which no command may carry');
  return decoded;
}

function urlError(text: string, why: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_URL', `The URL "${displayUrl(text)}" cannot be used: ${why}.`);
}
