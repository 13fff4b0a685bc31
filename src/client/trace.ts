/** What a session tells about itself while it runs: commands, replies, TLS and decisions, in order and without secrets. */

import type { TlsFacts } from '../net/index.ts';
import type { Channel } from '../errors/index.ts';
import type { CertificateFacts } from './peer-certificate.ts';

interface TraceBase {
  readonly channel: Channel;
}

/** `text` is printable: control characters and undecodable bytes are escaped, passwords masked. */
export type TraceEvent =
  | (TraceBase & { readonly kind: 'command'; readonly text: string })
  | (TraceBase & { readonly kind: 'reply'; readonly code: number; readonly lines: readonly string[] })
  | (TraceBase & { readonly kind: 'info'; readonly text: string })
  | (TraceBase & {
      readonly kind: 'tls';
      readonly facts: TlsFacts;
      /** Absent where a resumed session does not bring it again. */
      readonly certificate: CertificateFacts | undefined;
      /** Why the certificate is not trusted; undefined when it is, and on the data line, where it must be the same one. */
      readonly problem: string | undefined;
      /** The session goes on: the certificate is trusted, or trust was not asked for. */
      readonly accepted: boolean;
    });

export type TraceListener = (event: TraceEvent) => void;
