/** Whether this process may build networks, and what else helps where it may not. */

import { missingTool, runTool, TopologyError } from './tools.ts';
import type { NetworkProfile } from './profiles.ts';

const instead =
  'Without it, "twinline lab note" and "twinline proxy" break lines on this machine with no privilege at all.';

/** The reason why no topology can be made here; undefined where nothing is known against it. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux') {
    return `Network namespaces are of Linux, and this is ${process.platform}. ${instead}`;
  }
  if (process.geteuid?.() !== 0) {
    return `Network namespaces are made by root: use sudo, or a root of your own as docs/how-to/topology.md shows it (unshare). ${instead}`;
  }
  return undefined;
}

/** Throws `TopologyError` with the reason. */
export function requirePrivilege(): void {
  const reason = whyNot();
  if (reason !== undefined) throw new TopologyError(reason);
}

/** Rejects with `TopologyError` where a program of the profile is missing. */
export async function requireTools({ name, isOpen }: NetworkProfile): Promise<void> {
  await runTool('ip', ['-V']);
  if (isOpen === true) return;
  try {
    await runTool('nft', ['--version']);
  } catch (error) {
    throw new TopologyError(`The profile ${name} needs nftables: ${missingTool('nft')}`, { cause: error });
  }
}

/** What a kernel lacks, by the words that its tools have for it. */
export function explained(error: unknown): unknown {
  if (!(error instanceof TopologyError)) return error;
  const { message } = error;
  if (/Operation not permitted|Permission denied/.test(message)) {
    const why = 'this process is root and may not do it all the same, as in a container without CAP_SYS_ADMIN';
    return new TopologyError(`${message}. Perhaps ${why}. ${instead}`, { cause: error });
  }
  if (/ct helper/.test(message)) return lacking('the FTP helper (nf_conntrack_ftp, nf_nat_ftp)', error);
  if (/ct timeout/.test(message)) return lacking('timeouts of its own for a flow (CONFIG_NF_CONNTRACK_TIMEOUT)', error);
  if (/masquerade|dnat|type nat/.test(message)) return lacking('NAT (CONFIG_NFT_NAT, CONFIG_NFT_MASQ)', error);
  return error;
}

function lacking(what: string, cause: TopologyError): TopologyError {
  return new TopologyError(`This kernel does not have ${what}, or it is not loaded: ${cause.message}`, { cause });
}
