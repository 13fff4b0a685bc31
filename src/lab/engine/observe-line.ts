/** Writes what passes on a line into the log of a case. */

import type { LineObserver } from '../../peer/index.ts';
import type { EventLog, LineName } from './event-log.ts';
import { SecretCover } from './secret-cover.ts';

/** `text` for control lines, whose bytes are kept as they are; `bytes` for data lines, whose bytes are counted. */
export function observeLine(log: EventLog, line: LineName, content: 'text' | 'bytes'): LineObserver {
  const covers = { lab: new SecretCover(), peer: new SecretCover() };
  const pass = (by: 'lab' | 'peer', bytes: Uint8Array): void => {
    if (content === 'bytes') log.bytes(line, by, bytes.length);
    else {
      const text = covers[by].cover(Buffer.from(bytes).toString());
      log.add({ kind: 'text', line, by, text: text.replaceAll('\r\n', '\n').trimEnd() });
    }
  };
  return {
    sent: (bytes) => pass('lab', bytes),
    received: (bytes) => pass('peer', bytes),
    secured: (tls) => {
      const resumed = tls.isSessionReused() ? ', resumed' : '';
      log.add({
        kind: 'tls',
        line,
        text: `${tls.getProtocol() ?? 'TLS'}, ${tls.getCipher()?.standardName ?? '?'}${resumed}`,
      });
    },
    ended: (how) => {
      if (how !== 'none') log.add({ kind: 'ended', line, by: 'peer', how });
    },
  };
}
