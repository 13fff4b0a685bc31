/** The CONNECT method of HTTP/1.1 (RFC 9110 section 9.3.6), as a client uses it to reach one target. */

import { isIpv6 } from '../address/ip-address.ts';
import { encodePathText, hasControlCharacters, printable } from '../path-text.ts';
import { joinBytes, type Tunnel, type TunnelStep, type TunnelTarget } from './tunnel.ts';

/** Bytes of status line and header lines, those of interim responses included. */
const maxHeadBytes = 16_384;

const statusLine = /^HTTP\/1\.\d (\d{3})(?: ([^\r\n]*))?\r?\n/;

export interface ConnectRequest extends TunnelTarget {
  /** Value of `Proxy-Authorization`. */
  readonly authorization?: string;
}

const [lf, cr] = [0x0a, 0x0d];

/**
 * Where the head ends behind its empty line, looked for from `from` on; lines may end without CR (RFC 9112 section 2.2).
 * Undefined while it has not come.
 */
function headLength(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(lf, from); at >= 0; at = bytes.indexOf(lf, at + 1)) {
    const next = bytes[at + 1] === cr ? at + 2 : at + 1;
    if (bytes[next] === lf) return next + 1;
  }
  return undefined;
}

/** As far as the bytes go. */
function beginsAsHttp(bytes: Uint8Array): boolean {
  const begin = String.fromCharCode(...bytes.subarray(0, 5));
  return 'HTTP/'.startsWith(begin);
}

export class ConnectTunnel implements Tunnel {
  readonly #request: ConnectRequest;
  #seen: Uint8Array = new Uint8Array(0);
  /** Bytes of `#seen` before which no head ends: a proxy that drips its answer must not make us read it again and again. */
  #searched = 0;
  #dropped = 0;

  constructor(request: ConnectRequest) {
    this.#request = request;
  }

  begin(): Uint8Array {
    const { host, port, authorization } = this.#request;
    const authority = `${isIpv6(host) ? `[${host}]` : host}:${port}`;
    if (/\s/.test(host) || hasControlCharacters(host)) throw new TypeError('a host name holds no blanks');
    const login = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
    return encodePathText(
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: twinline\r\n${login}\r\n`,
    );
  }

  receive(bytes: Uint8Array): TunnelStep {
    this.#seen = joinBytes(this.#seen, bytes);
    for (;;) {
      if (!beginsAsHttp(this.#seen)) return { kind: 'failed', reason: 'it does not speak HTTP' };
      const length = headLength(this.#seen, this.#searched);
      if (length === undefined || this.#dropped + length > maxHeadBytes) {
        // The empty line may be half here.
        this.#searched = Math.max(0, this.#seen.length - 2);
        if (this.#dropped + this.#seen.length < maxHeadBytes) return { kind: 'more' };
        return { kind: 'failed', reason: 'its answer is too long' };
      }
      const text = String.fromCharCode(...this.#seen.subarray(0, length));
      const status = statusLine.exec(text);
      if (status === null) return { kind: 'failed', reason: 'it does not speak HTTP' };
      const step = this.#judge(Number(status[1]), status[2] ?? '', length);
      if (step !== undefined) return step;
      this.#seen = this.#seen.subarray(length);
      this.#searched = 0;
      this.#dropped += length;
    }
  }

  /** Undefined for an interim response, behind which another one comes (RFC 9110 section 15.2). */
  #judge(status: number, words: string, length: number): TunnelStep | undefined {
    if (status >= 100 && status < 200) return undefined;
    if (status >= 200 && status < 300) return { kind: 'open', rest: this.#seen.subarray(length) };
    const said = `it answered ${`${status} ${printable(words.slice(0, 200))}`.trim()}`;
    if (status !== 407) return { kind: 'failed', reason: said };
    const hint = this.#request.authorization === undefined ? 'it wants a user name and a password' : 'login refused';
    return { kind: 'failed', reason: `${said} (${hint})` };
  }
}
