/** A proxy between us and the server, as its URL names it. */

import { ConfigError, LocalProtocolError } from '../../errors/index.ts';
import { ConnectTunnel, printable, Socks5Tunnel, type Tunnel, type TunnelTarget } from '../../protocol/index.ts';

/** `socks5`: names are looked up here; `socks5h`: by the proxy; `http`: CONNECT (RFC 9110), names by the proxy. */
export type ProxyKind = 'socks5' | 'socks5h' | 'http';

export interface Proxy {
  readonly kind: ProxyKind;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** The proxy as it may be shown: without a login. */
  readonly text: string;
}

/** As curl has it, for every kind. */
const defaultProxyPort = 1080;

const kinds: ReadonlySet<string> = new Set<ProxyKind>(['socks5', 'socks5h', 'http']);
const proxyForm = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:(.*)@)?(\[[^\]/]*\]|[^/:@[\]\s]+)(?::(\d{1,5}))?\/?$/s;

/** Without a scheme it is `http`, as in curl. Throws `ConfigError` with what to write instead. */
export function parseProxyUrl(text: string): Proxy {
  const match = proxyForm.exec(text);
  const [, scheme = 'http', login, hostPart = '', portText] = match ?? [];
  const kind = scheme.toLowerCase();
  if (kind === 'https') {
    throw proxyError(text, 'TLS to the proxy itself is not supported; write http:// for one that speaks HTTP');
  }
  if (!kinds.has(kind)) throw proxyError(text, `"${scheme}" is no kind of proxy; use socks5h://, socks5:// or http://`);
  const port = portText === undefined ? defaultProxyPort : Number(portText);
  const host = hostPart.replace(/^\[|\]$/g, '');
  if (match === null || host === '') throw proxyError(text, 'write for example socks5h://host:1080');
  if (port < 1 || port > 65_535) throw proxyError(text, `${port} is no port from 1 to 65535`);
  return {
    kind: kind as ProxyKind,
    host,
    port,
    login: login === undefined ? undefined : parseLogin(text, login),
    text: printable(`${kind}://${hostPart}:${port}`),
  };
}

function parseLogin(text: string, login: string): { user: string; password: string } {
  const colon = login.indexOf(':');
  try {
    return {
      user: decodeURIComponent(colon === -1 ? login : login.slice(0, colon)),
      password: colon === -1 ? '' : decodeURIComponent(login.slice(colon + 1)),
    };
  } catch {
    throw proxyError(text, 'a "%" in its login is not followed by two hexadecimal digits; write %25 for it');
  }
}

function proxyError(text: string, why: string): ConfigError {
  const shown = printable(text.replace(/^((?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?)[^/]*@/s, '$1********@'));
  return new ConfigError('ERR_TWINLINE_URL', `The proxy "${shown}" cannot be used: ${why}.`);
}

/** What is said to the proxy. Throws `ConfigError` for a name or a login that does not fit into its protocol. */
export function tunnelThrough(proxy: Proxy, target: TunnelTarget): Tunnel {
  const { login } = proxy;
  if (proxy.kind === 'http') {
    if (login === undefined) return new ConnectTunnel(target);
    const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    return new ConnectTunnel({ ...target, authorization });
  }
  try {
    return new Socks5Tunnel(target, login);
  } catch (error) {
    if (error instanceof LocalProtocolError) throw proxyError(proxy.text, error.message.replace(/\.$/, ''));
    throw error;
  }
}
