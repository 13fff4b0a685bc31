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

/** Where the head ends behind its empty line; lines may end without CR (RFC 9112 section 2.2). */
function headLength(text: string): number | undefined {
  const end = /\r?\n\r?\n/.exec(text);
  return end === null ? undefined : end.index + end[0].length;
}

export class ConnectTunnel implements Tunnel {
  readonly #request: ConnectRequest;
  #seen: Uint8Array = new Uint8Array(0);
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
      const text = String.fromCharCode(...this.#seen.subarray(0, maxHeadBytes));
      const wrong = text.length >= 5 ? !text.startsWith('HTTP/') : !'HTTP/'.startsWith(text);
      if (wrong) return { kind: 'failed', reason: 'it does not speak HTTP' };
      const length = headLength(text);
      if (length === undefined || this.#dropped + length > maxHeadBytes) {
        if (this.#dropped + this.#seen.length < maxHeadBytes) return { kind: 'more' };
        return { kind: 'failed', reason: 'its answer is too long' };
      }
      const status = statusLine.exec(text);
      if (status === null) return { kind: 'failed', reason: 'it does not speak HTTP' };
      const step = this.#judge(Number(status[1]), status[2] ?? '', length);
      if (step !== undefined) return step;
      this.#seen = this.#seen.subarray(length);
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
