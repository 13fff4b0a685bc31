/** The rules of the firewall, as `nft` reads them. */

import { addressesOf } from './addresses.ts';
import type { Plan } from './plan.ts';

/** The interfaces of the firewall, by where they lead. */
export const firewallLinks = { client: 'to-client', server: 'to-server' } as const;

/** The table that holds all of it; a cut adds to it. */
const tableName = 'twinline';

/** Undefined where the profile has no rules. */
export function rulesetOf(plan: Plan): string | undefined {
  const { profile } = plan;
  if (profile.isOpen === true) return undefined;
  const control = `{ ${plan.controlPorts.join(', ')} }`;
  const lines = [
    ...(profile.helper === true ? ['ct helper ftp {', 'type "ftp" protocol tcp', '}'] : []),
    ...(profile.forgets === undefined ? [] : timeoutObject(plan.afterSeconds)),
    ...chain('watch', 'type filter hook prerouting priority filter; policy accept;', [
      ...(profile.forgets === undefined ? [] : [`tcp dport ${control} ct timeout set "control"`]),
      ...(profile.helper === true ? [`tcp dport ${control} ct helper set "ftp"`] : []),
    ]),
    ...chain('forward', 'type filter hook forward priority filter; policy drop;', forwardRules(plan, control)),
    ...natRules(plan),
  ];
  return `table inet ${tableName} {\n${lines.join('\n')}\n}\n`;
}

function timeoutObject(seconds: number): string[] {
  return ['ct timeout control {', 'protocol tcp', `policy = { established : ${seconds} }`, '}'];
}

function chain(name: string, hook: string, rules: readonly string[]): string[] {
  return rules.length === 0 ? [] : [`chain ${name} {`, hook, ...rules, '}'];
}

function forwardRules(plan: Plan, control: string): string[] {
  const { profile, passivePorts } = plan;
  const { client, server } = firewallLinks;
  const passive = `${passivePorts.min}-${passivePorts.max}`;
  const unknown = profile.forgets === 'with-reset' ? 'counter reject with tcp reset' : 'counter drop';
  const admitted = {
    all: [`ct state new accept`],
    'nothing-new-for-client': [`iifname "${client}" ct state new accept`],
    control: [`iifname "${client}" tcp dport ${control} ct state new accept`],
    'control-and-passive': [
      `iifname "${client}" tcp dport ${control} ct state new accept`,
      `iifname "${client}" tcp dport ${passive} ct state new accept`,
    ],
  };
  const outwards = profile.admits === 'control' || profile.admits === 'control-and-passive';
  return [
    'ct state established,related accept',
    // What belongs to no known flow: a segment that the kernel cannot place, or one in the middle of a flow that it has forgotten.
    `meta l4proto tcp ct state invalid ${unknown}`,
    `tcp flags & (syn | ack) != syn ct state new ${unknown}`,
    // A private address is nobody's outside: the client reaches it by the address of the firewall or not at all.
    ...(profile.hidden === 'server' ? [`iifname "${client}" meta nfproto ipv4 ct status & dnat == 0 drop`] : []),
    ...admitted[profile.admits],
    ...(outwards ? [`iifname "${server}" ct state new accept`] : []),
    'counter drop',
  ];
}

function natRules(plan: Plan): string[] {
  const { profile, controlPorts, passivePorts } = plan;
  const { client, server } = firewallLinks;
  if (profile.hidden === 'client') {
    const hook = 'type nat hook postrouting priority srcnat; policy accept;';
    return chain('leave', hook, [`oifname "${server}" meta nfproto ipv4 masquerade`]);
  }
  if (profile.hidden !== 'server') return [];
  const { client: link, server: inside } = addressesOf(profile);
  const open = profile.admits === 'control-and-passive' ? [`${passivePorts.min}-${passivePorts.max}`] : [];
  const ports = `{ ${[...controlPorts.map(String), ...open].join(', ')} }`;
  return [
    ...chain('arrive', 'type nat hook prerouting priority dstnat; policy accept;', [
      `iifname "${client}" ip daddr ${link.firewall.v4} tcp dport ${ports} dnat ip to ${inside.host.v4}`,
    ]),
    ...chain('leave', 'type nat hook postrouting priority srcnat; policy accept;', [
      `oifname "${client}" meta nfproto ipv4 masquerade`,
    ]),
  ];
}
