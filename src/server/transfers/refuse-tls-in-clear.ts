/** Keeps a ClientHello out of a file: what a client sends that begins TLS on a data connection for which it never agreed PROT P. */

import { maxClientHelloBytes, readClientHello } from '../../net/index.ts';
import type { WriteHandle } from '../../storage/index.ts';

const handshakeRecord = 22;

/** Whether these bytes are one ClientHello and nothing else: its sender waits for an answer now. */
function isOneHello(bytes: Buffer): boolean {
  return typeof readClientHello(bytes) !== 'string' && readClientHello(bytes.subarray(0, -1)) === 'incomplete';
}

/**
 * A file that is written as it comes, but for a ClientHello that stands alone at its beginning: that one is not written,
 * and `begun` is called. Bytes that may become one are held until that is known.
 */
export function refusingTls(file: WriteHandle, begun: () => void): WriteHandle {
  let held: Buffer | undefined = Buffer.alloc(0);
  const release = async (): Promise<void> => {
    const bytes = held;
    held = undefined;
    if (bytes !== undefined && bytes.length > 0) await file.write([bytes]);
  };
  return {
    startOffset: file.startOffset,
    write: async (chunks) => {
      if (held?.length === 0 && chunks[0]?.[0] !== handshakeRecord) held = undefined;
      if (held === undefined) {
        await file.write(chunks);
        return;
      }
      held = Buffer.concat([held, ...chunks]);
      if (isOneHello(held)) {
        held = undefined;
        begun();
        return;
      }
      if (readClientHello(held) !== 'incomplete' || held.length >= maxClientHelloBytes) await release();
    },
    commit: async (isWanted) => {
      await release();
      await file.commit(isWanted);
    },
    keep: async () => {
      await release();
      await file.keep();
    },
    discard: () => file.discard(),
  };
}
