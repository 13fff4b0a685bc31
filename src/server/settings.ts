/** The settings of a server as its sessions see them: defaults filled in, the certificate as it is now. */

import type { PortRange, ServerTlsSettings } from '../net/index.ts';
import type { ControlLossPolicy, MissingCloseNotifyPolicy } from '../users/index.ts';
import { networkTest } from './limits/networks.ts';
import { PassiveHosts } from './passive-hosts.ts';
import {
  defaultExemptNetworks,
  defaultLimits,
  type KeepaliveReplies,
  type ServerLimits,
  type ServerOptions,
  type SessionReusePolicy,
  type TlsPolicy,
} from './options.ts';

export interface ServerSettings {
  readonly tls: TlsPolicy;
  /** Certificate and versions at this moment; undefined when there is no TLS. */
  tlsSettings(): ServerTlsSettings | undefined;
  readonly sessionReuse: SessionReusePolicy;
  readonly ccc: boolean;
  readonly passivePorts: PortRange;
  readonly passiveHosts: PassiveHosts;
  readonly welcome: readonly string[];
  readonly limits: ServerLimits;
  /** Whether an address has no limits of its own. */
  readonly isExempt: (address: string) => boolean;
  /** Whether connections from an address begin with a PROXY protocol header. */
  readonly isProxy: (address: string) => boolean;
  readonly onControlLoss: ControlLossPolicy;
  readonly missingCloseNotify: MissingCloseNotifyPolicy;
  readonly keepaliveReplies: KeepaliveReplies;
}

function limitsOf(given: Partial<ServerLimits>): ServerLimits {
  const { stallMs, closedWindowMs = stallMs ?? defaultLimits.closedWindowMs } = given;
  return { ...defaultLimits, ...given, closedWindowMs };
}

/** `tlsSettings` gives the certificate and the versions as they are when it is asked. */
export function settingsOf(
  options: ServerOptions,
  tlsSettings: () => ServerTlsSettings | undefined = () => options.tlsSettings,
): ServerSettings {
  const isExempt = networkTest(options.exemptNetworks ?? defaultExemptNetworks);
  const isProxy = networkTest(options.proxyProtocolFrom ?? []);
  const tls = options.tls ?? (options.tlsSettings === undefined ? 'off' : 'required');
  return {
    tls,
    tlsSettings: () => (tls === 'off' ? undefined : tlsSettings()),
    sessionReuse: options.sessionReuse ?? 'prefer',
    ccc: options.ccc ?? false,
    passivePorts: options.passivePorts ?? { min: 0, max: 0 },
    passiveHosts: new PassiveHosts(options.passiveHost),
    welcome: options.welcome ?? ['Twinline FTPS server'],
    limits: limitsOf(options.limits ?? {}),
    isExempt: (address) => isExempt(address) || isProxy(address),
    isProxy,
    onControlLoss: options.onControlLoss ?? 'abort',
    missingCloseNotify: options.missingCloseNotify ?? 'refuse',
    keepaliveReplies: options.keepaliveReplies ?? 'immediate',
  };
}
