/** The proxy that the environment names, by the rules of curl: variables by scheme, ALL_PROXY, and NO_PROXY against them. */

import { BlockList, isIP } from 'node:net';
import type { FtpUrl } from '../../client/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** In lower case first, as curl looks for them; FTPS_PROXY counts wherever TLS is spoken. */
function proxyVariables({ security }: FtpUrl): readonly string[] {
  const bases = [...(security === 'plain' ? [] : ['ftps_proxy']), 'ftp_proxy', 'all_proxy'];
  return bases.flatMap((name) => [name, name.toUpperCase()]);
}

/** The URL of the proxy; undefined where there is none, or where NO_PROXY names the host. */
export function proxyOfEnvironment(url: FtpUrl, environment: Environment): string | undefined {
  const proxy = proxyVariables(url)
    .map((name) => environment[name])
    .find((value) => value !== undefined && value !== '');
  if (proxy === undefined) return undefined;
  const exceptions = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  return isException(url.host, exceptions) ? undefined : proxy;
}

/**
 * Whether a list names the host: `*` for all, `example.org` (or `.example.org`) with everything below, an address, or a
 * network as 192.0.2.0/24. Entries stand with commas or blanks between.
 */
export function isException(host: string, list: string): boolean {
  const entries = list.split(/[,\s]+/).filter((entry) => entry !== '');
  return entries.some((entry) => entry === '*' || (isIP(host) === 0 ? isBelow(host, entry) : hasAddress(entry, host)));
}

function isBelow(host: string, entry: string): boolean {
  const [name, domain] = [host, entry].map((text) => text.toLowerCase().replace(/^\.|\.$/g, ''));
  return name === domain || name?.endsWith(`.${domain}`) === true;
}

function hasAddress(entry: string, host: string): boolean {
  const [address = '', bits] = entry.replace(/^\[|\]$/g, '').split('/');
  const family = isIP(address);
  if (family === 0 || family !== isIP(host)) return false;
  const longest = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > longest) return false;
  const networks = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  networks.addSubnet(address, prefix, type);
  return networks.check(host, type);
}
