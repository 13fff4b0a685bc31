/**
 * Keeps V8's young generation small. Each session that stays outlives a few collections, which V8 takes for a sign that the
 * space is too small: 1,000 logins make it grow to 32 or 64 MiB, as much as everything that these sessions hold.
 */

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Both halves. Measured: below it collections cost more, and above it hardly less. */
const maxYoungBytes = 16 * 1024 * 1024;
/** It grows by what outlives collections, which takes it seconds. */
const lookEveryMs = 1000;

/** Looks at it until the result is called. */
export function boundYoungGeneration(): () => void {
  let mayGrow = true;
  const look = (): void => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    const isSmall = young === undefined || young.space_size < maxYoungBytes;
    if (isSmall === mayGrow) return;
    mayGrow = isSmall;
    // The one flag of this space that V8 reads again with each collection.
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
  };
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  look();
  return () => clearInterval(timer);
}
