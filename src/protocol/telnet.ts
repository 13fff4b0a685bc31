/** The little of Telnet that a control line needs (RFC 854, RFC 959 section 4.1.3): commands out, data through. */

/** Interpret As Command; a data byte of this value travels doubled. */
export const iac = 0xff;

const dont = 0xfe;
const doIt = 0xfd;
const wont = 0xfc;
const will = 0xfb;
const subnegotiation = 0xfa;
const interruptProcess = 0xf4;
const dataMark = 0xf2;
const subnegotiationEnd = 0xf0;
/** Commands of two bytes start here: EOF, SUSP and ABORT (RFC 1184), EOR (RFC 885), SE and the others of RFC 854. */
const firstCommand = 0xec;

const lf = 0x0a;

/** Refusals kept until they are taken; a peer that asks for more options gets no answer to them. */
const maxAnswerBytes = 192;
/** A subnegotiation that grows beyond this is given up; what follows is data, which the bound on lines then meets. */
const maxSubnegotiationBytes = 512;

type State = 'data' | 'command' | 'option' | 'subnegotiation' | 'subnegotiation-command';

/** Writes data for the control line: every byte 0xFF doubled. Returns the input itself when there is none. */
export function doubleIac(bytes: Uint8Array): Uint8Array {
  if (bytes.indexOf(iac) === -1) return bytes;
  const doubled = new Uint8Array(bytes.length * 2);
  let length = 0;
  for (const byte of bytes) {
    doubled[length++] = byte;
    if (byte === iac) doubled[length++] = iac;
  }
  return doubled.slice(0, length);
}

/**
 * Removes Telnet commands from a control line that comes in any pieces and refuses every option.
 *
 * Peers send the Synch before ABOR as urgent data, and the urgent byte does not come in line. So a lone data mark right
 * behind IAC IP is dropped, and so is an IAC at the start of a line whose next byte is no command. Elsewhere an IAC
 * before a byte that is no command is a byte of a name that the peer forgot to double: both bytes pass.
 */
export class TelnetFilter {
  /** True once IAC IP or IAC DM has passed; the reader sets it back to false. */
  sawInterrupt = false;

  #state: State = 'data';
  #verb = 0;
  #atLineStart = true;
  #behindInterrupt = false;
  #subnegotiationBytes = 0;
  #answers: number[] = [];

  /** The data among `bytes`; the input itself where it holds no command. */
  push(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    if (this.#state === 'data' && !this.#behindInterrupt && bytes.indexOf(iac) === -1) {
      this.#atLineStart = bytes[bytes.length - 1] === lf;
      return bytes;
    }
    // One byte more than came in: an IAC held back from the call before may turn out to be data.
    const data = new Uint8Array(bytes.length + 1);
    let length = 0;
    for (const byte of bytes) length = this.#step(byte, data, length);
    return data.subarray(0, length);
  }

  /** The refusals (DONT and WONT) that are due to the peer, as bytes for the wire; each is returned once. */
  takeAnswers(): Uint8Array {
    const answers = Uint8Array.from(this.#answers);
    this.#answers = [];
    return answers;
  }

  /** True between the first and the last byte of a Telnet command. */
  get isInsideCommand(): boolean {
    return this.#state !== 'data';
  }

  #step(byte: number, data: Uint8Array, length: number): number {
    switch (this.#state) {
      case 'data':
        return this.#readData(byte, data, length);
      case 'command':
        return this.#readCommand(byte, data, length);
      case 'option':
        this.#state = 'data';
        if (this.#verb === will || this.#verb === doIt) this.#refuse(byte);
        break;
      case 'subnegotiation':
      case 'subnegotiation-command':
        this.#readSubnegotiation(byte);
    }
    return length;
  }

  #readData(byte: number, data: Uint8Array, length: number): number {
    if (byte === iac) {
      this.#state = 'command';
      return length;
    }
    const isLoneMark = this.#behindInterrupt && byte === dataMark;
    this.#behindInterrupt = false;
    if (isLoneMark) return length;
    return this.#emit(byte, data, length);
  }

  #readCommand(byte: number, data: Uint8Array, length: number): number {
    this.#state = 'data';
    this.#behindInterrupt = byte === interruptProcess;
    if (byte === interruptProcess || byte === dataMark) this.sawInterrupt = true;
    if (byte === iac) return this.#emit(iac, data, length);
    if (byte < firstCommand) {
      const behindIac = this.#atLineStart ? length : this.#emit(iac, data, length);
      return this.#emit(byte, data, behindIac);
    }
    if (byte === subnegotiation) {
      this.#state = 'subnegotiation';
      this.#subnegotiationBytes = 0;
    } else if (byte >= will) {
      this.#state = 'option';
      this.#verb = byte;
    }
    return length;
  }

  #readSubnegotiation(byte: number): void {
    this.#subnegotiationBytes += 1;
    const ended = this.#state === 'subnegotiation-command' && byte === subnegotiationEnd;
    if (ended || this.#subnegotiationBytes >= maxSubnegotiationBytes) {
      this.#state = 'data';
    } else {
      const startsCommand = this.#state === 'subnegotiation' && byte === iac;
      this.#state = startsCommand ? 'subnegotiation-command' : 'subnegotiation';
    }
  }

  #emit(byte: number, data: Uint8Array, length: number): number {
    this.#atLineStart = byte === lf;
    data[length] = byte;
    return length + 1;
  }

  #refuse(option: number): void {
    if (this.#answers.length + 3 > maxAnswerBytes) return;
    this.#answers.push(iac, this.#verb === will ? dont : wont, option);
  }
}
