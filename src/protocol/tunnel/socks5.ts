/** SOCKS version 5 (RFC 1928) with user name and password (RFC 1929), as a client speaks it to reach one target. */

import { LocalProtocolError } from '../../errors/index.ts';
import { parseIpAddress } from '../address/ip-address.ts';
import { encodePathText } from '../path-text.ts';
import { joinBytes, type Tunnel, type TunnelStep, type TunnelTarget } from './tunnel.ts';

export interface SocksLogin {
  readonly user: string;
  readonly password: string;
}

/** One byte counts the bytes of a name, and of a user name and a password (RFC 1928 section 4, RFC 1929 section 2). */
const maxFieldBytes = 255;

const version = 5;
const loginVersion = 1;
const method = { none: 0, login: 2, refused: 0xff } as const;

/** RFC 1928 section 6. */
const replyWords: readonly string[] = [
  '',
  'it failed without saying why (general failure)',
  'its rules do not allow the connection',
  'the network cannot be reached from there',
  'the host cannot be reached from there',
  'nothing listens there (connection refused)',
  'the way there is too long (TTL expired)',
  'it does not know the command CONNECT',
  'it cannot handle addresses of this kind',
];

/** Bytes with their length in front. Throws `LocalProtocolError` (ERR_TWINLINE_ADDRESS) for what does not fit. */
function counted(text: string, what: string): readonly number[] {
  const bytes = encodePathText(text);
  if (bytes.length >= 1 && bytes.length <= maxFieldBytes) return [bytes.length, ...bytes];
  throw new LocalProtocolError(
    'ERR_TWINLINE_ADDRESS',
    `${what} for a SOCKS proxy must have 1 to ${maxFieldBytes} bytes, and has ${bytes.length}.`,
  );
}

function addressBytes(host: string): readonly number[] {
  const address = parseIpAddress(host);
  if (address !== undefined) return [address.family === 4 ? 1 : 4, ...address.bytes];
  return [3, ...counted(host, 'A host name')];
}

/** The bytes of a reply, once its length is known: it depends on the kind of address (RFC 1928 section 6). */
function replyLength(seen: Uint8Array): number | undefined {
  const [, , , kind, count] = seen;
  if (kind === 1) return 4 + 4 + 2;
  if (kind === 4) return 4 + 16 + 2;
  if (kind === 3 && count !== undefined) return 4 + 1 + count + 2;
  return undefined;
}

const failed = (reason: string): TunnelStep => ({ kind: 'failed', reason });

export class Socks5Tunnel implements Tunnel {
  readonly #login: Uint8Array | undefined;
  readonly #request: Uint8Array;
  #seen: Uint8Array = new Uint8Array(0);
  #awaits: 'method' | 'login' | 'reply' = 'method';

  /** Throws `LocalProtocolError` where a name, user or password does not fit. */
  constructor({ host, port }: TunnelTarget, login?: SocksLogin) {
    this.#request = Uint8Array.of(version, 1, 0, ...addressBytes(host), port >> 8, port & 0xff);
    if (login === undefined) return;
    const fields = [...counted(login.user, 'A user name'), ...counted(login.password, 'A password')];
    this.#login = Uint8Array.of(loginVersion, ...fields);
  }

  begin(): Uint8Array {
    if (this.#login === undefined) return Uint8Array.of(version, 1, method.none);
    return Uint8Array.of(version, 2, method.none, method.login);
  }

  receive(bytes: Uint8Array): TunnelStep {
    this.#seen = joinBytes(this.#seen, bytes);
    if (this.#awaits === 'method') return this.#takeMethod();
    return this.#awaits === 'login' ? this.#takeLogin() : this.#takeReply();
  }

  #takeMethod(): TunnelStep {
    const [said, chosen] = this.#seen;
    if (said !== undefined && said !== version) return failed('it does not speak SOCKS 5');
    if (chosen === undefined) return { kind: 'more' };
    this.#seen = this.#seen.subarray(2);
    if (chosen === method.none) return this.#ask();
    if (chosen === method.login && this.#login !== undefined) {
      this.#awaits = 'login';
      return { kind: 'send', bytes: this.#login };
    }
    if (chosen !== method.refused) return failed(`it chose a login of kind ${chosen}, which was not offered`);
    const hint =
      this.#login === undefined ? 'it wants a user name and a password' : 'it takes no user name and password';
    return failed(hint);
  }

  #takeLogin(): TunnelStep {
    const [, status] = this.#seen;
    if (status === undefined) return { kind: 'more' };
    this.#seen = this.#seen.subarray(2);
    return status === 0 ? this.#ask() : failed('it refused the user name or the password');
  }

  #ask(): TunnelStep {
    this.#awaits = 'reply';
    return { kind: 'send', bytes: this.#request };
  }

  #takeReply(): TunnelStep {
    const seen = this.#seen;
    const [said, code] = seen;
    if (said !== undefined && said !== version) return failed('it does not speak SOCKS 5');
    if (code === undefined) return { kind: 'more' };
    // Some proxies end the line behind the code of a refusal.
    if (code !== 0) return failed(replyWords[code] ?? `it answered with the unknown code ${code}`);
    const length = replyLength(seen);
    if (length === undefined && seen.length >= 5) return failed('its answer holds no address');
    if (length === undefined || seen.length < length) return { kind: 'more' };
    return { kind: 'open', rest: seen.subarray(length) };
  }
}
