/** Three hosts on one machine: builds them, ends them, and repairs what a crash has left. */

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf, type LinkAddresses } from './addresses.ts';
import { checkName, type HostName, hostNames, namespaceOf } from './host-names.ts';
import { findTopology, hostsOfTheMachine, ownHost, processesOn } from './kernel-state.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { checkPlan, type Plan, planText } from './plan.ts';
import { explained, requirePrivilege, requireTools } from './privileges.ts';
import { firewallLinks, rulesetOf } from './ruleset.ts';
import { runTool, TopologyError } from './tools.ts';

/** How long processes have to end by SIGTERM before SIGKILL, and then to be gone, in milliseconds. */
const graceMs = 2_000;

/** `up-already`: it stood as asked; `mended`: what a crash had left was taken away first. */
export type UpOutcome = 'built' | 'up-already' | 'mended' | 'rebuilt';

/** Builds it, or leaves it where it stands as asked. Rejects with `TopologyError`, and leaves nothing half built then. */
export async function bringUp(name: string, plan: Plan): Promise<UpOutcome> {
  checkName(name);
  checkPlan(plan);
  requirePrivilege();
  await requireTools(plan.profile);
  return oneAtATime(name, () => bringUpAlone(name, plan));
}

async function bringUpAlone(name: string, plan: Plan): Promise<UpOutcome> {
  const found = await findTopology(name);
  if (found?.plan !== undefined) {
    if (planText(found.plan) === planText(plan)) return 'up-already';
    await refuseBusy(name, found.plan);
  }
  if (found !== undefined) await takeDownAlone(name);
  try {
    await build(name, plan);
  } catch (error) {
    await takeDownAlone(name);
    throw explained(error);
  }
  if (found === undefined) return 'built';
  return found.plan === undefined ? 'mended' : 'rebuilt';
}

async function refuseBusy(name: string, plan: Plan): Promise<void> {
  const running = (await Promise.all(hostNames.map((host) => processesOn(name, host)))).flat();
  if (running.length === 0) return;
  throw new TopologyError(
    `The topology "${name}" is up as ${plan.profile.name}, and processes run on its hosts (${running.join(', ')}): ` +
      `end them by "twinline topology down --name ${name}", or choose another --name.`,
  );
}

async function build(name: string, plan: Plan): Promise<void> {
  const inHost = (host: HostName): string => namespaceOf(name, host);
  for (const host of hostNames) await runTool('ip', ['netns', 'add', inHost(host)]);
  const addresses = addressesOf(plan.profile);
  const ends = [
    ['client', addresses.client],
    ['server', addresses.server],
  ] as const;
  const links = ends.map(
    ([host]) =>
      `link add eth0 netns ${inHost(host)} type veth peer name ${firewallLinks[host]} netns ${inHost('firewall')}`,
  );
  await batch(undefined, links);
  for (const host of hostNames) await allowIpv6(inHost(host));
  await forward(inHost('firewall'));
  await batch(inHost('firewall'), [
    'link set lo up',
    ...ends.flatMap(([host, { firewall }]) => interfaceLines(firewallLinks[host], firewall)),
  ]);
  for (const [host, { host: own, firewall }] of ends) {
    const routes = [firewall.v4, ...(hasIpv6 ? [firewall.v6] : [])].map((via) => `route add default via ${via}`);
    await batch(inHost(host), ['link set lo up', ...interfaceLines('eth0', own), ...routes]);
  }
  const rules = rulesetOf(plan);
  if (rules !== undefined) await inside(inHost('firewall'), ['nft', '-f', '-'], rules);
  // Last, for it says that all the rest is there.
  await runTool('ip', ['-n', inHost('firewall'), 'link', 'set', 'dev', firewallLinks.client, 'alias', planText(plan)]);
}

const hasIpv6 = existsSync('/proc/sys/net/ipv6');

function interfaceLines(device: string, { v4, v6 }: LinkAddresses['host']): string[] {
  return [
    `address add ${v4}/24 dev ${device}`,
    // Nobody else can have the address on a link of two.
    ...(hasIpv6 ? [`address add ${v6}/64 dev ${device} nodad`] : []),
    `link set ${device} up`,
  ];
}

async function batch(namespace: string | undefined, lines: readonly string[]): Promise<void> {
  const where = namespace === undefined ? [] : ['-n', namespace];
  await runTool('ip', [...where, '-batch', '-'], `${lines.join('\n')}\n`);
}

/** Runs a program on a host, to its end. */
export async function inside(namespace: string, words: readonly string[], input = ''): Promise<string> {
  return runTool('ip', ['netns', 'exec', namespace, ...words], input);
}

/** Containers turn IPv6 off for every new namespace. */
async function allowIpv6(namespace: string): Promise<void> {
  if (!hasIpv6) return;
  const settings = '/proc/sys/net/ipv6/conf';
  await inside(namespace, [
    'sh',
    '-c',
    `echo 0 > ${settings}/all/disable_ipv6 && echo 0 > ${settings}/default/disable_ipv6`,
  ]);
}

async function forward(namespace: string): Promise<void> {
  const six = hasIpv6 ? ' && echo 1 > /proc/sys/net/ipv6/conf/all/forwarding' : '';
  await inside(namespace, ['sh', '-c', `echo 1 > /proc/sys/net/ipv4/ip_forward${six}`]);
}

export interface Removed {
  readonly hosts: number;
  readonly processes: number;
}

/** Ends the processes on its hosts and removes them; what was there. Does nothing where nothing of it is there. */
export async function takeDown(name: string): Promise<Removed> {
  checkName(name);
  requirePrivilege();
  return oneAtATime(name, () => takeDownAlone(name));
}

async function takeDownAlone(name: string): Promise<Removed> {
  const found = await findTopology(name);
  if (found === undefined) return { hosts: 0, processes: 0 };
  await refuseMachine(name);
  const own = await ownHost();
  if (own?.name === name) {
    throw new TopologyError(
      `This process runs on the host ${own.host} of "${name}" itself: leave it, then take it down.`,
    );
  }
  const processes = await endProcesses(name, found.hosts);
  for (const host of found.hosts) await runTool('ip', ['netns', 'delete', namespaceOf(name, host)]);
  return { hosts: found.hosts.length, processes };
}

async function refuseMachine(name: string): Promise<void> {
  const [host] = await hostsOfTheMachine(name);
  if (host === undefined) return;
  const namespace = namespaceOf(name, host);
  throw new TopologyError(
    `"${namespace}" is a name of the network of this machine itself, on which everything runs: take the name away by "ip netns delete ${namespace}".`,
  );
}

async function endProcesses(name: string, hosts: readonly HostName[]): Promise<number> {
  const ended = new Set<number>();
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const until = performance.now() + graceMs;
    for (;;) {
      const running = (await Promise.all(hosts.map((host) => processesOn(name, host)))).flat();
      if (running.length === 0) return ended.size;
      for (const pid of running) if (signal === 'SIGKILL' || !ended.has(pid)) end(pid, signal);
      for (const pid of running) ended.add(pid);
      if (performance.now() > until) break;
      await sleep(20);
    }
  }
  throw new TopologyError(`Processes on the hosts of "${name}" do not end, not even by SIGKILL.`);
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has gone by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
