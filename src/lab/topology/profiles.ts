/** The networks that can be built: each is one record, and all rules and addresses are made from it. */

import { TopologyError } from './tools.ts';

export interface NetworkProfile {
  readonly name: string;
  /** In a sentence, for help and lists. */
  readonly says: string;
  /** The host behind the NAT: its address is private, and the firewall stands for it. */
  readonly hidden?: 'client' | 'server';
  /** What the firewall lets in towards the server, besides what is known already: everything, or these ports. */
  readonly admits: 'all' | 'control' | 'control-and-passive' | 'nothing-new-for-client';
  /** The kernel reads control lines, opens data ports and rewrites addresses (`nf_conntrack_ftp`, `nf_nat_ftp`). */
  readonly helper?: boolean;
  /** A control line that is silent for a while is forgotten; what comes on it then is dropped, or answered with RST. */
  readonly forgets?: 'silently' | 'with-reset';
  /** The firewall has no rules at all. */
  readonly isOpen?: boolean;
}

export const networkProfiles: readonly NetworkProfile[] = [
  { name: 'plain', says: 'a router that passes everything on', admits: 'all', isOpen: true },
  {
    name: 'nat',
    says: 'the client is behind NAT: it goes out as the firewall, and nothing new comes in to it',
    hidden: 'client',
    admits: 'nothing-new-for-client',
  },
  {
    name: 'nat-helper',
    says: 'the same with the FTP helper of the kernel, which reads control lines in clear',
    hidden: 'client',
    admits: 'nothing-new-for-client',
    helper: true,
  },
  {
    name: 'closed-range',
    says: 'the firewall lets control lines through to the server, and drops what comes to its passive ports',
    admits: 'control',
  },
  {
    name: 'closed-range-helper',
    says: 'the same with the FTP helper, which opens the ports that it reads in 227 and 229',
    admits: 'control',
    helper: true,
  },
  {
    name: 'forget-silent',
    says: 'the firewall forgets a control line that is silent for --after seconds, and drops what comes on it then',
    admits: 'all',
    forgets: 'silently',
  },
  {
    name: 'forget-reset',
    says: 'the same, and what comes then is answered with RST',
    admits: 'all',
    forgets: 'with-reset',
  },
  {
    name: 'private-address',
    says: 'the server is behind NAT: control and passive ports of the firewall lead to it, and it announces its private address',
    hidden: 'server',
    admits: 'control-and-passive',
  },
  {
    name: 'private-address-helper',
    says: 'the same with control ports alone, and the FTP helper, which rewrites 227 and opens the port',
    hidden: 'server',
    admits: 'control',
    helper: true,
  },
];

/** Throws `TopologyError` for names that there are not. */
export function networkProfileOf(name: string): NetworkProfile {
  const found = networkProfiles.find((profile) => profile.name === name);
  if (found !== undefined) return found;
  throw new TopologyError(`There is no profile "${name}": use ${networkProfiles.map((one) => one.name).join(', ')}.`);
}
