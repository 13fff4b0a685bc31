/** The way to the server: address family, proxy, and who makes the data connections. */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ActiveOptions, ConnectOptions, FtpUrl } from '../../client/index.ts';
import { ConfigError } from '../../errors/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';
import { text } from './option-values.ts';
import { isException, proxyOfEnvironment } from './proxy-environment.ts';

export const connectionOptions: readonly OptionRecord[] = [
  { flags: '-4, --ipv4', description: 'Use IPv4 addresses only.' },
  { flags: '-6, --ipv6', description: 'Use IPv6 addresses only.' },
  {
    flags: '-x, --proxy <url>',
    description:
      'Go through this proxy with both lines: socks5h://, socks5:// (names are looked up here) or http:// (CONNECT), with user:password@ where it wants that; "" for none.',
    defaultText: 'FTPS_PROXY, ftp_proxy or ALL_PROXY',
  },
  {
    flags: '--noproxy <hosts>',
    description: 'Hosts, domains and networks to reach without a proxy, with commas between; "*" for all.',
    defaultText: 'NO_PROXY',
  },
  { flags: '--active', description: 'Let the server make the data connections (active mode).' },
  {
    flags: '--ftp-port <address[:ports]>',
    description:
      'Active mode with this address or interface, and ports such as 50000-50100; "-" is the own address of the control line.',
  },
];

type ConnectionSettings = Pick<ConnectOptions, 'family' | 'proxy' | 'active'>;

/** Rejects with `UsageError`, and with `ConfigError` for an address that cannot be found out. */
export async function readConnection(url: FtpUrl, options: OptionValues): Promise<ConnectionSettings> {
  const [ipv4, ipv6] = [options['ipv4'] === true, options['ipv6'] === true];
  if (ipv4 && ipv6) throw new UsageError('-4 and -6 leave no address; leave one of them out.');
  const proxy = proxyFor(url, options);
  const active = await readActive(options);
  return {
    ...(ipv4 ? { family: 4 } : ipv6 ? { family: 6 } : {}),
    ...(proxy === undefined ? {} : { proxy }),
    ...(active === undefined ? {} : { active }),
  };
}

function proxyFor(url: FtpUrl, options: OptionValues): string | undefined {
  const given = text(options, 'proxy');
  const exceptions = text(options, 'noproxy');
  if (given === '' || isException(url.host, exceptions ?? '')) return undefined;
  if (given !== undefined) return given;
  const environment = exceptions === undefined ? process.env : { ...process.env, no_proxy: '', NO_PROXY: '' };
  return proxyOfEnvironment(url, environment);
}

async function readActive(options: OptionValues): Promise<ActiveOptions | undefined> {
  const given = text(options, 'ftpPort');
  if (given === undefined) return options['active'] === true ? {} : undefined;
  const [, bracketed, plain = '', min, max = min] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+)(?:-(\d+))?)?$/.exec(given) ?? [];
  const host = bracketed ?? (isIP(given) === 6 ? given : plain);
  if (host === '') throw new UsageError(`--ftp-port takes ADDRESS, ADDRESS:PORT or ADDRESS:PORT-PORT, not "${given}".`);
  const ports = min === undefined ? undefined : { min: Number(min), max: Number(max) };
  if (ports !== undefined && (ports.min < 1 || ports.max > 65_535 || ports.max < ports.min)) {
    throw new UsageError(`--ftp-port takes ports from 1 to 65535, the lower one first, not "${given}".`);
  }
  const address = host === '-' ? undefined : await addressOf(host);
  return { ...(address === undefined ? {} : { address }), ...(ports === undefined ? {} : { ports }) };
}

/** An address as it is, the first one of an interface, or that of a name. */
async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  const face = networkInterfaces()[host]?.find(({ address }) => !address.startsWith('fe80:'));
  if (face !== undefined) return face.address;
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    const message = `--ftp-port: "${host}" is no address, no interface of this machine and no name that can be looked up.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause });
  }
}
