/**
 * Records of TLS 1.3 made by hand behind a real handshake, for what no TLS library sends when it is asked: a key update in
 * the middle, tickets at the very end, empty and padded records, alerts without a reason (RFC 8446 sections 4.6 and 5).
 */

import { createCipheriv, createHmac } from 'node:crypto';

/** The one suite that is spoken: a server that is to forge offers no other. */
export const forgedSuite = 'TLS_AES_128_GCM_SHA256';

/** RFC 8446 section 5.1. */
export const contentTypes = { alert: 21, handshake: 22, applicationData: 23 } as const;

/** RFC 8446 section 6. */
export const alerts = { closeNotify: 0, unexpectedMessage: 10, badRecordMac: 20, internalError: 80 } as const;

const fragmentBytes = 16_384;
const warning = 1;
const fatal = 2;

/** HKDF-Expand-Label with an empty context, for at most one block of SHA-256 (RFC 8446 section 7.1). */
function expandLabel(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/** The writing half of one line. Every call uses the next number, so what it gives must be sent, and in this order. */
export class Tls13Records {
  #secret: Buffer;
  #key: Buffer = Buffer.alloc(0);
  #iv: Buffer = Buffer.alloc(0);
  #number = 0n;

  /** `secret` is the first application traffic secret of the sending side, under which nothing has been sent yet. */
  constructor(secret: Buffer) {
    this.#secret = secret;
    this.#useSecret(secret);
  }

  #useSecret(secret: Buffer): void {
    this.#secret = secret;
    this.#key = expandLabel(secret, 'key', 16);
    this.#iv = expandLabel(secret, 'iv', 12);
    this.#number = 0n;
  }

  /** One record; `paddingBytes` zeros hide its true length (section 5.4). */
  record(type: number, content: Uint8Array, paddingBytes = 0): Buffer {
    const inner = Buffer.concat([content, Buffer.from([type]), Buffer.alloc(paddingBytes)]);
    const header = Buffer.from([contentTypes.applicationData, 3, 3, 0, 0]);
    header.writeUInt16BE(inner.length + 16, 3);
    const nonce = Buffer.from(this.#iv);
    nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ this.#number, 4);
    this.#number += 1n;
    const cipher = createCipheriv('aes-128-gcm', this.#key, nonce).setAAD(header);
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  }

  /** Payload, in records of at most `size` bytes. */
  data(bytes: Uint8Array, size: number = fragmentBytes): Buffer {
    const records: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      records.push(this.record(contentTypes.applicationData, bytes.subarray(at, at + size)));
    }
    return Buffer.concat(records);
  }

  /** KeyUpdate, behind which all is sent under the next key; `asksPeer` wants the same of the other side (section 4.6.3). */
  keyUpdate(asksPeer = false): Buffer {
    const message = this.record(contentTypes.handshake, Buffer.from([24, 0, 0, 1, asksPeer ? 1 : 0]));
    this.#useSecret(expandLabel(this.#secret, 'traffic upd', 32));
    return message;
  }

  /** A NewSessionTicket that no server will know again (section 4.6.1). */
  ticket(ticketBytes = 200): Buffer {
    const lifetimeAndAge = Buffer.from([0, 0, 0x1c, 0x20, 1, 2, 3, 4]);
    const nonce = Buffer.from([1, 0]);
    const length = Buffer.from([ticketBytes >> 8, ticketBytes & 255]);
    const body = Buffer.concat([lifetimeAndAge, nonce, length, Buffer.alloc(ticketBytes, 7), Buffer.from([0, 0])]);
    const head = Buffer.from([4, 0, body.length >> 8, body.length & 255]);
    return this.record(contentTypes.handshake, Buffer.concat([head, body]));
  }

  closeNotify(): Buffer {
    return this.record(contentTypes.alert, Buffer.from([warning, alerts.closeNotify]));
  }

  fatalAlert(description: number = alerts.internalError): Buffer {
    return this.record(contentTypes.alert, Buffer.from([fatal, description]));
  }
}
