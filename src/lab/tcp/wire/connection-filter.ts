/** A program of the classic packet filter (BPF) that lets the packets of one connection through and drops the flood of all others. */

/** One instruction: code, jump where true, jump where false, operand. */
type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, operand: number];

const instructionBytes = 8;

/** Bytes of a packet that are kept: the longest headers of IPv4 and TCP, and the usual ones of IPv6. */
const keptBytes = 160;

const [loadByte, loadHalf, loadWord, loadWordBehindHeader] = [0x30, 0x28, 0x20, 0x40];
const [loadHeaderLength, and, jump, equal, anyBit, answer] = [0xb1, 0x54, 0x05, 0x15, 0x45, 0x06];

/**
 * For cooked packets (IP first): TCP between the two ports in either direction, over IPv4 unless fragmented, over IPv6 without
 * extension headers. Addresses are compared by whoever reads what comes through. In the byte order of the host.
 */
export function connectionFilter(onePort: number, otherPort: number, isLittleEndian: boolean): Uint8Array {
  const there = onePort * 65_536 + otherPort;
  const back = otherPort * 65_536 + onePort;
  return assemble(
    [
      [loadByte, 0, 0, 0],
      [and, 0, 0, 0xf0],
      [equal, 0, 7, 0x40],
      [loadByte, 0, 0, 9],
      [equal, 0, 12, 6],
      [loadHalf, 0, 0, 6],
      [anyBit, 10, 0, 0x1fff],
      [loadHeaderLength, 0, 0, 0],
      [loadWordBehindHeader, 0, 0, 0],
      [jump, 0, 0, 4],
      [equal, 0, 6, 0x60],
      [loadByte, 0, 0, 6],
      [equal, 0, 4, 6],
      [loadWord, 0, 0, 40],
      [equal, 1, 0, there],
      [equal, 0, 1, back],
      [answer, 0, 0, keptBytes],
      [answer, 0, 0, 0],
    ],
    isLittleEndian,
  );
}

/** In the byte order of the host, as the kernel wants it. */
export function assemble(program: readonly Instruction[], isLittleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(program.length * instructionBytes);
  const view = new DataView(bytes.buffer);
  for (const [index, [code, whenTrue, whenFalse, operand]] of program.entries()) {
    const at = index * instructionBytes;
    view.setUint16(at, code, isLittleEndian);
    view.setUint8(at + 2, whenTrue);
    view.setUint8(at + 3, whenFalse);
    view.setUint32(at + 4, operand, isLittleEndian);
  }
  return bytes;
}
