/** Turns what was given into the settings of the server, with defaults; refuses what contradicts itself. */

import { resolve } from 'node:path';
import type { TwinlineError } from '../../errors/index.ts';
import type { PortRange } from '../../net/index.ts';
import type {
  KeepaliveReplies,
  ListenerOptions,
  PassiveHostRule,
  RateSettings,
  ServerLimits,
  SessionReusePolicy,
  TlsPolicy,
} from '../../server/index.ts';
import type { Durability } from '../../storage/index.ts';
import type { AnonymousOptions, ControlLossPolicy, MemoryUser, MissingCloseNotifyPolicy } from '../../users/index.ts';
import { type LogFormatName, logFormatNames } from '../log-formats/index.ts';
import type { GivenSettings } from './given-settings.ts';
import { Problems } from '../problems.ts';
import type { HostPort } from './listen-address.ts';
import { acmeOf, type AcmeChoice } from './read/acme.ts';
import { adminApiOf, metricsOf } from './read/admin-port.ts';
import { exemptNetworksOf, proxiesOf } from './read/defence.ts';
import { type HookSettings, hooksOf } from './read/hooks.ts';
import { listenersOf } from './read/listeners.ts';
import { passiveHostOf, passivePortsOf } from './read/passive.ts';
import { type CertificateFiles, certificatesOf, pathOf } from './read/paths.ts';
import { allLimitsOf, drainTimeoutOf, missingCloseNotifyIfGiven, onControlLossIfGiven } from './read/policies.ts';
import { ratesOf } from './read/rates.ts';
import { storagesOf } from './read/storages.ts';
import { type SinkSettings, sinksOf } from './read/sinks.ts';
import { sessionReuseOf, type TlsRules, tlsRulesOf } from './read/tls.ts';
import { anonymousOf, type HttpHook, httpHookOf, type ProgramHook, programHookOf } from './read/user-stores.ts';
import { runAsOf } from './read/run-as.ts';
import { adminsOf, usersDbOf, usersOf } from './read/users.ts';
import { welcomeOf } from './read/welcome.ts';
import { workersOf } from './read/workers.ts';

/** Everything that `twinline serve` was told, checked for itself; files and ports are not looked at yet. */
export interface ServeSettings {
  readonly listeners: readonly ListenerOptions[];
  /** The listeners were named, and are not those of a server without settings. */
  readonly namesListeners: boolean;
  /** Absolute path; undefined: the folder of examples in the data folder. */
  readonly root: string | undefined;
  /** Empty: the demo user. */
  readonly users: readonly MemoryUser[];
  /** Names of users, or of the demo user, who see the server's own numbers. */
  readonly admins: readonly string[];
  /** Absolute path of the user database; undefined: none. */
  readonly usersDb: string | undefined;
  readonly httpHook: HttpHook | undefined;
  readonly programHook: ProgramHook | undefined;
  /** Undefined: nobody logs in without a password. */
  readonly anonymous: AnonymousOptions | undefined;
  readonly readOnly: boolean;
  readonly tls: TlsPolicy;
  /** The authority that the certificate comes from; undefined: none. */
  readonly acme: AcmeChoice | undefined;
  /** The first is for clients that name no host. Empty: the self-made pair, unless `tls` is off. */
  readonly certificates: readonly CertificateFiles[];
  readonly tlsRules: TlsRules;
  readonly sessionReuse: SessionReusePolicy;
  readonly ccc: boolean;
  readonly passivePorts: PortRange;
  /** As `passiveHost` of the server's options; undefined: the address that the client reached. */
  readonly passiveHost: string | readonly PassiveHostRule[] | undefined;
  /** Empty: the server's own greeting. */
  readonly welcome: readonly string[];
  readonly durability: Durability;
  readonly onControlLoss: ControlLossPolicy;
  readonly missingCloseNotify: MissingCloseNotifyPolicy;
  readonly keepaliveReplies: KeepaliveReplies;
  /** Those that differ from the server's own. */
  readonly limits: Partial<ServerLimits>;
  /** Bytes per second. */
  readonly rates: RateSettings;
  /** Further folders for mounts, by name; absolute. */
  readonly storages: ReadonlyMap<string, string>;
  /** Absolute path. */
  readonly dataDir: string;
  /** Without limits of one address. */
  readonly exemptNetworks: readonly string[];
  /** Proxies whose connections begin with a header. */
  readonly proxyProtocolFrom: readonly string[];
  readonly logFormat: LogFormatName;
  readonly sinks: SinkSettings;
  readonly hooks: readonly HookSettings[];
  /** The admin port; undefined: none. */
  readonly metrics: HostPort | undefined;
  /** `USER` or `USER:GROUP` to go on as; undefined: whoever started the server. */
  readonly runAs: string | undefined;
  /** Processes that serve sessions; 1: this one. */
  readonly workers: number;
  readonly adminApi: boolean;
  /** The configuration file is read again when it changes, and not by SIGHUP alone. */
  readonly watchConfig: boolean;
  readonly drainTimeoutMs: number;
}

/** One function for each part of the settings. It throws the error of `given` for what is wrong. */
const readers: { readonly [Key in keyof ServeSettings]: (given: GivenSettings) => ServeSettings[Key] } = {
  listeners: (given) => listenersOf(given, tlsForOthers(given)),
  namesListeners: (given) => given.has('listen') || given.has('listen-implicit'),
  root: (given) => pathOf(given, 'root'),
  users: usersOf,
  admins: (given) => adminsOf(given, usersOf(given)),
  usersDb: usersDbOf,
  httpHook: httpHookOf,
  programHook: programHookOf,
  anonymous: anonymousOf,
  readOnly: (given) => given.isOn('read-only'),
  tls: tlsOf,
  acme: (given) => acmeOf(given, tlsOf(given)),
  certificates: (given) => certificatesOf(given, tlsForOthers(given)),
  tlsRules: (given) => tlsRulesOf(given, tlsForOthers(given)),
  sessionReuse: sessionReuseOf,
  ccc: (given) => given.isOn('ccc'),
  passivePorts: passivePortsOf,
  passiveHost: passiveHostOf,
  welcome: welcomeOf,
  durability: (given) => given.choice('durability', ['fsync', 'rename']),
  onControlLoss: (given) => onControlLossIfGiven(given, 'on-control-loss') ?? 'abort',
  missingCloseNotify: (given) => missingCloseNotifyIfGiven(given, 'missing-close-notify') ?? 'refuse',
  keepaliveReplies: (given) => given.choice('keepalive-replies', ['immediate', 'after-transfer']),
  limits: allLimitsOf,
  rates: ratesOf,
  storages: storagesOf,
  dataDir: (given) => pathOf(given, 'data-dir') ?? resolve('twinline-data'),
  exemptNetworks: exemptNetworksOf,
  proxyProtocolFrom: proxiesOf,
  logFormat: (given) => given.choice('log-format', logFormatNames),
  sinks: sinksOf,
  hooks: hooksOf,
  metrics: metricsOf,
  runAs: runAsOf,
  workers: workersOf,
  adminApi: adminApiOf,
  watchConfig: (given) => given.isOn('watch-config'),
  drainTimeoutMs: drainTimeoutOf,
};

function tlsOf(given: GivenSettings): TlsPolicy {
  return given.choice('tls', ['required', 'optional', 'off']);
}

/** What else is wrong is told also beside a policy that is none. */
function tlsForOthers(given: GivenSettings): TlsPolicy {
  return new Problems().attempt(() => tlsOf(given)) ?? 'required';
}

/**
 * Reads all settings. Throws the one `UsageError` or `ConfigError` of what is wrong, or `ConfigProblems` with each of
 * them; `known` are problems of the file that count as well.
 */
export function resolveSettings(given: GivenSettings, known: readonly TwinlineError[] = []): ServeSettings {
  const problems = new Problems();
  for (const problem of [...known, ...given.problems]) problems.add(problem);
  const read = Object.entries(readers).map(([name, reader]) => [name, problems.attempt(() => reader(given))] as const);
  problems.throwIfAny();
  return Object.fromEntries(read) as unknown as ServeSettings;
}
