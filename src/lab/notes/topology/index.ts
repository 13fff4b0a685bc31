/** Notes across the hosts of a topology. */

import type { BetweenKind } from '../between.ts';
import { cutWords } from './cutters.ts';
import { TopologyBetween, type TopologyPlace } from './topology-between.ts';

export type { TopologyPlace } from './topology-between.ts';

/** For notes that run on the host `client` of that topology. */
export function acrossTopology(place: TopologyPlace, profile: string): BetweenKind {
  return {
    setting: `Client and server are two hosts, with a firewall between them (${profile}) that sees every packet.`,
    fault: cutWords(place.cutFrom),
    start: (options) => TopologyBetween.start(place, options),
  };
}
