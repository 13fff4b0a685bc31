/** Why there is no data connection. */

/** Decides the reply code: 425, or 522 after a TLS negotiation that failed or is not acceptable. */
export type SlotFailureKind =
  'not-opened' | 'nobody-came' | 'dial-failed' | 'tls-failed' | 'closed' | 'protection-changed';

/** The reason in words that the user of the client can act on. */
export class SlotFailure extends Error {
  readonly kind: SlotFailureKind;

  constructor(kind: SlotFailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
