/** Topologies as people and programs read them. */

import { addressesOf, hostNames, type Plan, processesOn, type TopologyState } from '../../lab/index.ts';

/** Where each host is, and how the client reaches the server. */
export function addressLines({ profile }: Plan): string[] {
  const { client, server, reach } = addressesOf(profile);
  const both = ({ v4, v6 }: { readonly v4: string; readonly v6: string }): string => `${v4}  ${v6}`;
  return [
    `  client    ${both(client.host)}`,
    `  firewall  ${both(client.firewall)}  towards the client`,
    `            ${both(server.firewall)}  towards the server`,
    `  server    ${both(server.host)}`,
    `The client reaches the server at ${reach.v4} and ${reach.v6}.`,
  ];
}

export async function statusLines(found: readonly TopologyState[]): Promise<string[]> {
  if (found.length === 0) return ['There is no topology.'];
  const shown = found.map(async ({ name, hosts, plan }) => {
    if (plan === undefined) {
      return [`${name}: not whole (${hosts.join(', ')}); up builds it anew, down removes it`];
    }
    const { profile, controlPorts, passivePorts, afterSeconds } = plan;
    const after = profile.forgets === undefined ? '' : `, forgotten after ${afterSeconds} s`;
    const ports = `control ports ${controlPorts.join(', ')}, passive ports ${passivePorts.min}-${passivePorts.max}${after}`;
    const running = await Promise.all(
      hostNames.map(async (host) => {
        const pids = await processesOn(name, host);
        return pids.length === 0 ? [] : [`  on ${host}: processes ${pids.join(', ')}`];
      }),
    );
    return [`${name}: ${profile.name}, ${profile.says}`, `  ${ports}`, ...addressLines(plan), ...running.flat()];
  });
  return (await Promise.all(shown)).flat();
}

export function statusJson(found: readonly TopologyState[]): Promise<string[]> {
  return Promise.all(
    found.map(async ({ name, hosts, plan }) => {
      const pids = await Promise.all(hosts.map(async (host) => [host, await processesOn(name, host)] as const));
      const about =
        plan === undefined
          ? { isWhole: false }
          : {
              isWhole: true,
              profile: plan.profile.name,
              controlPorts: plan.controlPorts,
              passivePorts: plan.passivePorts,
              afterSeconds: plan.afterSeconds,
              addresses: addressesOf(plan.profile),
            };
      return JSON.stringify({ name, ...about, processes: Object.fromEntries(pids) });
    }),
  );
}
