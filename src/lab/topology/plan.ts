/** What a topology was built as: it stands in the kernel, as the alias of an interface of the firewall, and nowhere else. */

import { type NetworkProfile, networkProfileOf, networkProfiles } from './profiles.ts';
import { TopologyError } from './tools.ts';

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

export interface Plan {
  readonly profile: NetworkProfile;
  readonly controlPorts: readonly number[];
  readonly passivePorts: PortRange;
  /** Seconds of silence after which a control line is forgotten. */
  readonly afterSeconds: number;
}

/** Ports that control lines are known by: those of the protocol, and those `twinline serve` begins with. */
export const defaultControlPorts: readonly number[] = [21, 990, 2121, 2990];
/** As `twinline serve` has them. */
export const defaultPassivePorts: PortRange = { min: 50_000, max: 50_099 };
/** Firewalls take minutes to hours; an experiment must not. */
export const defaultAfterSeconds = 10;
/** The kernel keeps an alias of 255 characters. */
const maxControlPorts = 15;

export function checkPlan(plan: Plan): Plan {
  const { controlPorts, passivePorts, afterSeconds } = plan;
  const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;
  if (controlPorts.length === 0 || controlPorts.length > maxControlPorts || !controlPorts.every(isPort)) {
    throw new TopologyError(`There are 1 to ${maxControlPorts} control ports, each from 1 to 65535.`);
  }
  if (!isPort(passivePorts.min) || !isPort(passivePorts.max) || passivePorts.min > passivePorts.max) {
    throw new TopologyError('Passive ports are a range such as 50000-50099.');
  }
  if (!Number.isInteger(afterSeconds) || afterSeconds < 1 || afterSeconds > 86_400) {
    throw new TopologyError('A control line is forgotten after 1 to 86400 seconds.');
  }
  return plan;
}

export function planText({ profile, controlPorts, passivePorts, afterSeconds }: Plan): string {
  const { min, max } = passivePorts;
  return `twinline ${profile.name} control=${controlPorts.join(',')} passive=${min}-${max} after=${afterSeconds}`;
}

/** Undefined where the text is none of ours. */
export function parsePlan(text: string): Plan | undefined {
  const form = /^twinline ([a-z-]+) control=([\d,]+) passive=(\d+)-(\d+) after=(\d+)$/;
  const [, name = '', control = '', min, max, after] = form.exec(text) ?? [];
  if (!networkProfiles.some((one) => one.name === name)) return undefined;
  return {
    profile: networkProfileOf(name),
    controlPorts: control.split(',').map(Number),
    passivePorts: { min: Number(min), max: Number(max) },
    afterSeconds: Number(after),
  };
}
