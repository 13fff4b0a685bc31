/** Removes interrupted uploads that nobody came back for: at the start and every hour. */

import { defaultLimits } from '../../server/index.ts';
import type { StorageBackend } from '../../storage/index.ts';

const everyMs = 60 * 60 * 1000;

/** Sweeps now and from time to time, in the background, until the result is called. Never in a read-only root. */
export function keepSweeping(
  { readOnly }: { readonly readOnly: boolean },
  storage: StorageBackend,
  say: (text: string) => void,
): () => void {
  if (readOnly) return () => undefined;
  let isStopped = false;
  const sweep = async (): Promise<void> => {
    try {
      const { removed, bytesRemoved } = await storage.sweep(defaultLimits.partialMaxAgeMs);
      if (removed > 0) say(`Removed ${removed} interrupted uploads, ${bytesRemoved} bytes.`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!isStopped) say(`twinline: Warning: Interrupted uploads could not be looked through: ${reason}`);
    }
  };
  void sweep();
  const timer = setInterval(() => void sweep(), everyMs);
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}
