/** Reads the ports and the address of passive data connections. */

import { ConfigError } from '../../../errors/index.ts';
import type { PortRange } from '../../../net/index.ts';
import { PassiveHosts, type PassiveHostRule } from '../../../server/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { FieldRecord } from '../setting-record.ts';

export const defaultPassivePorts: PortRange = { min: 50_000, max: 50_099 };

/** The keys of `[[passive-host]]`. */
export const passiveHostFields: readonly FieldRecord[] = [
  {
    name: 'clients',
    placeholder: 'network',
    exampleToml: '"10.0.0.0/8"',
    description: 'The clients that are told this address: a network or one address',
    defaultText: 'all others',
  },
  {
    name: 'host',
    placeholder: 'address',
    exampleToml: '"same-as-control"',
    description: 'IPv4 address, DNS name, or same-as-control: the address that the client reached',
  },
];

export function passivePortsOf(given: GivenSettings): PortRange {
  const text = given.text('passive-ports');
  if (text === undefined) return defaultPassivePorts;
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  if (match === null) {
    throw given.wrong('passive-ports', `takes MIN-MAX, for example 50000-50099; "${text}" is not that.`);
  }
  const [min, max] = [Number(match[1]), Number(match[2])];
  if (min < 1 || max > 65_535) {
    throw given.wrong('passive-ports', `must lie between 1 and 65535; "${text}" does not.`);
  }
  if (min > max) throw given.wrong('passive-ports', `begins with the lower port: write ${max}-${min}.`);
  return { min, max };
}

/** What PASV announces, in the order in which it is looked at; undefined: the address that the client reached. */
export function passiveHostOf(given: GivenSettings): string | readonly PassiveHostRule[] | undefined {
  const rules = [
    ...given.texts('passive-host').flatMap((text) => rulesOf(given, hostByOption(text))),
    ...given.tables('passive-host').flatMap((table) => {
      const host = table.text('host');
      if (host === undefined) throw table.wrong('host', 'is missing: say what these clients are told.');
      return rulesOf(given, { host, clients: table.text('clients') });
    }),
  ];
  const [first] = rules;
  if (first === undefined) return undefined;
  const isSimple = rules.length === 2 && first.clients === everyone[0];
  return isSimple ? first.host : rules;
}

interface NamedHost {
  readonly host: string;
  readonly clients: string | undefined;
}

/** `10.0.0.0/8=192.0.2.1` is for one network, an address alone for everyone else. */
function hostByOption(text: string): NamedHost {
  const equals = text.indexOf('=');
  if (equals === -1) return { host: text, clients: undefined };
  return { host: text.slice(equals + 1), clients: text.slice(0, equals) };
}

const everyone = ['0.0.0.0/0', '::/0'] as const;

function rulesOf(given: GivenSettings, { host, clients }: NamedHost): readonly PassiveHostRule[] {
  const networks = clients === undefined ? everyone : [clients];
  const rules = networks.map((network) => ({ clients: network, host }));
  try {
    // Made for its checks alone: the server makes its own.
    void new PassiveHosts(rules);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw given.wrong('passive-host', `cannot be used: ${error.message}`);
  }
  return rules;
}
