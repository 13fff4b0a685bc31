/** All fuzzers: a new one is a record in this folder and a line here, and a folder of its own in the corpus. */

import type { Fuzzer } from '../fuzzer.ts';
import { commandLine, controlLine, lineSplitter, replies } from './lines.ts';
import { listings } from './listings.ts';
import { netlink, tcpPackets } from './packets.ts';
import { session } from './session.ts';
import { clientHello } from './tls.ts';
import { tunnels } from './tunnels.ts';
import { addresses, globs, pathText, timeValues } from './values.ts';

export const fuzzers: readonly Fuzzer[] = [
  ...[commandLine, lineSplitter, controlLine, replies],
  ...[addresses, timeValues, pathText, globs, listings, clientHello, tunnels],
  ...[tcpPackets, netlink],
  session,
];
