/** Which IPv4 address PASV announces: the control line's own, a fixed one, that of a DNS name, or one for each network of clients. */

import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { ConfigError } from '../errors/index.ts';

/** An IPv4 address, a DNS name, or `same-as-control`: the address that the client has reached. */
export type PassiveHost = string;

/** What clients of one network are told. */
export interface PassiveHostRule {
  /** The network of the clients: an address, or `10.0.0.0/8`. */
  readonly clients: string;
  readonly host: PassiveHost;
}

/** How long an address found for a DNS name is announced before the name is asked for again, in milliseconds. */
const nameAgeMs = 60_000;
const sameAsControl = 'same-as-control';

interface Rule {
  readonly clients: BlockList | undefined;
  readonly host: PassiveHost;
}

interface Found {
  readonly address: string;
  readonly at: number;
}

function configError(text: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', text);
}

function networkOf(text: string): BlockList {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
  const isPrefix = prefix === undefined || (/^\d+$/.test(prefix) && bits <= (family === 4 ? 32 : 128));
  if (family === 0 || !isPrefix || more.length > 0) {
    throw configError(`"${text}" is no network: write it as 10.0.0.0/8, or as one address.`);
  }
  const list = new BlockList();
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list;
}

function hostOf(text: PassiveHost): PassiveHost {
  const isName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(text);
  // All digits and dots, and yet no address: a mistyped address and not a name.
  if (isIPv4(text) || (isName && !/^[\d.]+$/.test(text))) return text;
  throw configError(`"${text}" is no IPv4 address and no DNS name: PASV can announce nothing else.`);
}

/** The addresses that PASV announces. Throws `ConfigError` for a network, an address or a name that is none. */
export class PassiveHosts {
  readonly #rules: readonly Rule[];
  readonly #found = new Map<string, Found>();
  readonly #lookUp: (name: string) => Promise<string>;

  /** `lookUp` finds the IPv4 address of a DNS name; the system's resolver by default. */
  constructor(
    hosts: PassiveHost | readonly PassiveHostRule[] = sameAsControl,
    lookUp: (name: string) => Promise<string> = async (name) => (await lookup(name, { family: 4 })).address,
  ) {
    this.#rules =
      typeof hosts === 'string'
        ? [{ clients: undefined, host: hostOf(hosts) }]
        : hosts.map((rule) => ({ clients: networkOf(rule.clients), host: hostOf(rule.host) }));
    this.#lookUp = lookUp;
  }

  /**
   * The address for a client at `clientHost` that has reached this server at `localHost`; the first rule whose network
   * holds the client counts, and without one the address is `localHost`. Rejects when a name has no address and never
   * had one.
   */
  async addressFor(clientHost: string, localHost: string): Promise<string> {
    const family = isIPv4(clientHost) ? 'ipv4' : 'ipv6';
    const rule = this.#rules.find(({ clients }) => clients === undefined || clients.check(clientHost, family));
    const host = rule?.host ?? sameAsControl;
    if (host === sameAsControl) return localHost;
    return isIPv4(host) ? host : this.#addressOf(host);
  }

  async #addressOf(name: string): Promise<string> {
    const known = this.#found.get(name);
    if (known !== undefined && performance.now() - known.at < nameAgeMs) return known.address;
    try {
      const address = await this.#lookUp(name);
      this.#found.set(name, { address, at: performance.now() });
      return address;
    } catch (error) {
      // An address of a minute ago is better than none while the resolver is away.
      if (known !== undefined) return known.address;
      throw error;
    }
  }
}
