/** Path text: strings that stand for the bytes of a name without loss, and what may be shown of them. */

const firstEscape = 0xdc00;
const replacementCharacter = 0xfffd;
/** From this length on the platform's decoder is faster than a loop over the bytes. */
const longRunBytes = 16;

/** A web standard that every platform has; only runs of ASCII go through it, so its treatment of errors is not used. */
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };
const asciiDecoder = new TextDecoder();

/**
 * Decodes UTF-8 strictly and keeps every byte 0xNN that is not part of well-formed UTF-8 (overlong forms, encoded
 * surrogates, values above U+10FFFF, cut sequences) as the lone low surrogate U+DCNN. `encodePathText` gives the very
 * same bytes back, for every sequence of bytes.
 */
export function decodePathText(bytes: Uint8Array): string {
  let text = '';
  let index = 0;
  while (index < bytes.length) {
    let end = index;
    while (end < bytes.length && (bytes[end] as number) < 0x80) end += 1;
    if (end > index) text += decodeAscii(bytes, index, end);
    for (index = end; index < bytes.length && (bytes[index] as number) >= 0x80;) {
      const length = wellFormedLength(bytes, index);
      if (length === 0) {
        text += String.fromCharCode(firstEscape + (bytes[index] as number));
        index += 1;
      } else {
        text += String.fromCodePoint(readCodePoint(bytes, index, length));
        index += length;
      }
    }
  }
  return text;
}

/** The bytes of path text. Lone surrogates that are no escaped byte stand for nothing and become U+FFFD. */
export function encodePathText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return encodeFrom(text, index, bytes);
    bytes[index] = unit;
  }
  return bytes;
}

/** True when the text holds no escaped byte: its bytes are well-formed UTF-8. */
export function isCleanText(text: string): boolean {
  return text.isWellFormed();
}

/** True when the text holds C0 (NUL, CR, LF, ESC, …), DEL or C1 (U+0080 to U+009F). */
export function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Writes control characters as `\xNN` and leaves escaped bytes as they are: for text that goes to a peer. */
export function escapeControlCharacters(text: string): string {
  return text.replace(/\p{Cc}/gu, escapeUnit);
}

/** For logs, traces and terminals: control characters and escaped bytes as `\xNN`, other lone surrogates as `\uNNNN`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, escapeUnit);
}

function escapeUnit(character: string): string {
  const unit = character.charCodeAt(0);
  if (isEscapedByte(unit)) return `\\x${hex(unit - firstEscape)}`;
  return unit > 0xff ? `\\u${hex(unit)}` : `\\x${hex(unit)}`;
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

function isEscapedByte(unit: number): boolean {
  return unit >= firstEscape + 0x80 && unit <= firstEscape + 0xff;
}

function decodeAscii(bytes: Uint8Array, from: number, to: number): string {
  if (to - from >= longRunBytes) return asciiDecoder.decode(bytes.subarray(from, to));
  let text = '';
  for (let index = from; index < to; index += 1) text += String.fromCharCode(bytes[index] as number);
  return text;
}

/** Bytes of the well-formed sequence at `index`, whose first byte is not ASCII; 0 if there is none (RFC 3629 section 4). */
function wellFormedLength(bytes: Uint8Array, index: number): number {
  const lead = bytes[index] as number;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (index + length > bytes.length) return 0;
  const second = bytes[index + 1] as number;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let offset = 2; offset < length; offset += 1) {
    if (((bytes[index + offset] as number) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function readCodePoint(bytes: Uint8Array, index: number, length: number): number {
  let codePoint = (bytes[index] as number) & (0x7f >> length);
  for (let offset = 1; offset < length; offset += 1) {
    codePoint = (codePoint << 6) | ((bytes[index + offset] as number) & 0x3f);
  }
  return codePoint;
}

/** Goes on at `start`, the first unit that is not ASCII, with the bytes before it already in `head`. */
function encodeFrom(text: string, start: number, head: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(start + (text.length - start) * 3);
  bytes.set(head.subarray(0, start));
  let length = start;
  for (let index = start; index < text.length; index += 1) {
    const codePoint = text.codePointAt(index) as number;
    if (codePoint > 0xffff) index += 1;
    if (isEscapedByte(codePoint)) bytes[length++] = codePoint - firstEscape;
    else length = writeCodePoint(codePoint, bytes, length);
  }
  return bytes.slice(0, length);
}

function writeCodePoint(value: number, bytes: Uint8Array, offset: number): number {
  const codePoint = value >= 0xd800 && value <= 0xdfff ? replacementCharacter : value;
  let length = offset;
  if (codePoint < 0x80) {
    bytes[length++] = codePoint;
    return length;
  }
  if (codePoint < 0x800) {
    bytes[length++] = 0xc0 | (codePoint >> 6);
  } else {
    if (codePoint < 0x10000) {
      bytes[length++] = 0xe0 | (codePoint >> 12);
    } else {
      bytes[length++] = 0xf0 | (codePoint >> 18);
      bytes[length++] = 0x80 | ((codePoint >> 12) & 0x3f);
    }
    bytes[length++] = 0x80 | ((codePoint >> 6) & 0x3f);
  }
  bytes[length++] = 0x80 | (codePoint & 0x3f);
  return length;
}
