/** Reads the URL and the options of `twinline proxy` into what the proxy takes. */

import { isIPv4 } from 'node:net';
import { parseFtpUrl } from '../../client/index.ts';
import { type FaultRule, FaultRuleError, parseFault, type ProxyOptions } from '../../lab/index.ts';
import { text, texts } from '../client-options/index.ts';
import { readTls } from '../client-options/tls.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { type HostPort, parseHostPort } from '../serve/listen-address.ts';
import { UsageError } from '../usage-error.ts';
import { readScenario } from './scenario.ts';

/** Everything but the authority and the listener of events. */
export type ProxyCall = Omit<ProxyOptions, 'authority' | 'onEvent'> & {
  readonly isBlind: boolean;
  readonly isImplicit: boolean;
  readonly faults: readonly FaultRule[];
  readonly api: HostPort | undefined;
};

const anyPort = 65_535;

export async function readProxyCall(word: string, options: OptionValues, output: Output): Promise<ProxyCall> {
  const url = parseFtpUrl(word);
  if (url.user !== undefined || url.path !== '') {
    throw new UsageError('The URL of the server has neither a user nor a path here: clients bring them.');
  }
  const isImplicit = url.security === 'implicit';
  const isBlind = options['blind'] === true;
  const listen = place(options, 'listen', '127.0.0.1:2121');
  const scenario = text(options, 'scenario');
  const planned = scenario === undefined ? undefined : await readScenario(scenario);
  const forwardPorts = ports(options, 'forwardPorts');
  if (forwardPorts !== undefined && !isBlind)
    throw new UsageError('--forward-ports goes with --blind: otherwise the proxy reads the ports by itself.');
  const announcedHost = text(options, 'announce');
  if (announcedHost !== undefined && !isIPv4(announcedHost))
    throw new UsageError(`--announce takes an IPv4 address, not "${announcedHost}".`);
  const passivePorts = ports(options, 'passivePorts');
  const maxClientTls = version(text(options, 'maxClientTls'));
  return {
    host: url.host,
    port: url.port ?? (isImplicit ? 990 : 21),
    isImplicit,
    isBlind,
    listenHost: listen.host,
    listenPort: listen.port,
    upstream: await readTls(options, output),
    seed: readSeed(options) ?? planned?.seed ?? Math.floor(Math.random() * 2 ** 32),
    faults: [...(planned?.faults ?? []), ...texts(options, 'fault').map(readFault)],
    api: text(options, 'api') === undefined ? undefined : place(options, 'api', ''),
    ...(forwardPorts === undefined ? {} : { forwardPorts }),
    ...(passivePorts === undefined ? {} : { passivePorts }),
    ...(announcedHost === undefined ? {} : { announcedHost }),
    ...(maxClientTls === undefined ? {} : { maxClientTls }),
  };
}

/** Throws `UsageError`. */
function readFault(rule: string): FaultRule {
  try {
    return parseFault(rule);
  } catch (error) {
    if (error instanceof FaultRuleError) throw new UsageError(error.message);
    throw error;
  }
}

function place(options: OptionValues, name: string, byDefault: string): HostPort {
  const word = text(options, name) ?? byDefault;
  const parsed = parseHostPort(word);
  if (parsed === undefined)
    throw new UsageError(`--${name} takes HOST:PORT, for example 127.0.0.1:2121, not "${word}".`);
  return parsed;
}

function ports(options: OptionValues, name: 'forwardPorts' | 'passivePorts') {
  const word = text(options, name);
  if (word === undefined) return undefined;
  const [, min, max] = /^(\d{1,5})-(\d{1,5})$/.exec(word) ?? [];
  const range = { min: Number(min), max: Number(max) };
  if (min !== undefined && range.min > 0 && range.min <= range.max && range.max <= anyPort) return range;
  const option = name === 'forwardPorts' ? '--forward-ports' : '--passive-ports';
  throw new UsageError(`${option} takes a range such as 50000-50100, not "${word}".`);
}

function version(word: string | undefined): 'TLSv1.2' | 'TLSv1.3' | undefined {
  if (word === undefined) return undefined;
  if (word === '1.2' || word === '1.3') return `TLSv${word}`;
  throw new UsageError(`--max-client-tls takes 1.2 or 1.3, not "${word}".`);
}

function readSeed(options: OptionValues): number | undefined {
  const word = text(options, 'seed');
  if (word === undefined) return undefined;
  const seed = /^\d{1,10}$/.test(word) ? Number(word) : Infinity;
  if (seed >= 2 ** 32) throw new UsageError(`--seed takes a number below 2 to the power of 32, not "${word}".`);
  return seed;
}
