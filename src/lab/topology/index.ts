/** Networks of three hosts on one machine, in network namespaces. */

export { type Addresses, addressesOf } from './addresses.ts';
export { checkName, type HostName, hostNames, namespaceOf } from './host-names.ts';
export { findTopology, listTopologies, ownHost, processesOn, type TopologyState } from './kernel-state.ts';
export { defaultAfterSeconds, defaultControlPorts, defaultPassivePorts, type Plan, type PortRange } from './plan.ts';
export { explained, requirePrivilege, whyNot } from './privileges.ts';
export { type NetworkProfile, networkProfileOf, networkProfiles } from './profiles.ts';
export { firewallLinks } from './ruleset.ts';
export { runTool, TopologyError, toolPath } from './tools.ts';
export { bringUp, inside, takeDown, type UpOutcome } from './topology.ts';
