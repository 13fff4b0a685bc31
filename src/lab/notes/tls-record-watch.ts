/** Reads the outside of TLS records as they pass: enough to tell whether one end has said close_notify before it left. */

const headerBytes = 5;
const alertType = 21;
const applicationType = 23;
/** Records of TLS 1.3 hide their type: an alert is two bytes, one byte of type and sixteen of tag. */
const hiddenAlertBytes = 19;

/** For one direction of one line. */
export class TlsRecordWatch {
  #isTls: boolean | undefined;
  #header: number[] = [];
  #left = 0;
  #type = 0;
  #length = 0;

  /** Whether what has passed is TLS; undefined before the first bytes. */
  get isTls(): boolean | undefined {
    return this.#isTls;
  }

  /** The last whole record was an alert: before the end of a line that is close_notify, or the alert that ended it. */
  get endsInAlert(): boolean {
    if (this.#isTls !== true || this.#left > 0 || this.#header.length > 0) return false;
    return this.#type === alertType || (this.#type === applicationType && this.#length === hiddenAlertBytes);
  }

  /** Takes the bytes of a line that is TLS from its first byte on. */
  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.#isTls !== false;) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at);
        this.#left -= step;
        at += step;
      } else {
        this.#header.push(bytes[at] ?? 0);
        at += 1;
        if (this.#header.length === headerBytes) this.#begin();
      }
    }
  }

  #begin(): void {
    const [type = 0, major, , high = 0, low = 0] = this.#header;
    this.#isTls = type >= 20 && type <= applicationType && major === 3;
    this.#header = [];
    this.#type = type;
    this.#length = high * 256 + low;
    this.#left = this.#length;
  }
}
