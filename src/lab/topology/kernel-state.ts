/** What the kernel says of topologies: their namespaces, what they were built as, and what runs in them. */

import { readdir, stat } from 'node:fs/promises';
import { type HostName, hostNames, namespaceOf, parseNamespace } from './host-names.ts';
import { parsePlan, type Plan } from './plan.ts';
import { firewallLinks } from './ruleset.ts';
import { runTool, TopologyError } from './tools.ts';

/** Where `ip netns` keeps its names. */
const namesFolder = '/run/netns';

export interface TopologyState {
  readonly name: string;
  /** The hosts that there are: fewer than three where it was not built to its end, or not taken down to it. */
  readonly hosts: readonly HostName[];
  /** Undefined where it is not whole. */
  readonly plan: Plan | undefined;
}

/** All topologies of this machine, by name. */
export async function listTopologies(): Promise<readonly TopologyState[]> {
  const found = new Map<string, HostName[]>();
  for (const namespace of await namespaces()) {
    const ours = parseNamespace(namespace);
    if (ours !== undefined) found.set(ours.name, [...(found.get(ours.name) ?? []), ours.host]);
  }
  const names = [...found.keys()].toSorted();
  return Promise.all(names.map((name) => stateOf(name, found.get(name) ?? [])));
}

/** Undefined where nothing of that name is there. */
export async function findTopology(name: string): Promise<TopologyState | undefined> {
  const there = new Set(await namespaces());
  const hosts = hostNames.filter((host) => there.has(namespaceOf(name, host)));
  return hosts.length === 0 ? undefined : stateOf(name, hosts);
}

async function stateOf(name: string, hosts: readonly HostName[]): Promise<TopologyState> {
  return { name, hosts, plan: hosts.length === hostNames.length ? await readPlan(name) : undefined };
}

async function namespaces(): Promise<readonly string[]> {
  try {
    return await readdir(namesFolder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function readPlan(name: string): Promise<Plan | undefined> {
  try {
    const words = ['-n', namespaceOf(name, 'firewall'), '-j', 'link', 'show', 'dev', firewallLinks.client];
    const [link] = JSON.parse(await runTool('ip', words)) as { readonly ifalias?: string }[];
    return parsePlan(link?.ifalias ?? '');
  } catch (error) {
    // A name without its namespace, or a firewall without its interfaces: what a crash leaves.
    if (error instanceof TopologyError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Ids of the processes on one host, those of others who run `twinline topology` among them. */
export async function processesOn(name: string, host: HostName): Promise<readonly number[]> {
  try {
    const told = await runTool('ip', ['netns', 'pids', namespaceOf(name, host)]);
    return told.split('\n').map(Number).filter(Boolean);
  } catch (error) {
    if (error instanceof TopologyError) return [];
    throw error;
  }
}

/** The host that this process runs on, where it is one of a topology. */
export async function ownHost(): Promise<{ readonly name: string; readonly host: HostName } | undefined> {
  try {
    return parseNamespace((await runTool('ip', ['netns', 'identify', String(process.pid)])).trim());
  } catch (error) {
    if (error instanceof TopologyError) return undefined;
    throw error;
  }
}

/** Hosts of a topology that stand for the network of the whole machine, as `ip netns attach` can make them: all that runs is on them. */
export async function hostsOfTheMachine(name: string): Promise<readonly HostName[]> {
  const machine = await identityOf('/proc/1/ns/net');
  if (machine === undefined) return [];
  const identities = await Promise.all(
    hostNames.map((host) => identityOf(`${namesFolder}/${namespaceOf(name, host)}`)),
  );
  return hostNames.filter((_, index) => identities[index] === machine);
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
