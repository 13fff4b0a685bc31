/** Plays one recorded session: each command gets what the server of the record gave. */

import { type ScriptedSession, type WatchedLine } from '../../peer/index.ts';
import { freePort } from '../free-port.ts';
import type { RecordedExchange, RecordedSession, RecordedStep } from './recorded-session.ts';
import { syntheticPayload } from './synthetic-payload.ts';

/** Verbs that have a data line. */
const transferVerbs: ReadonlySet<string> = new Set(['RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD']);

export class ReplaySession {
  readonly #session: ScriptedSession;
  readonly #exchanges: readonly RecordedExchange[];
  readonly #depart: (what: string) => void;
  #next = 1;
  #passivePort = 0;
  #data: WatchedLine | undefined;

  /** `depart` hears of every command that is not the one that the record has next. */
  constructor(session: ScriptedSession, recorded: RecordedSession, depart: (what: string) => void) {
    this.#session = session;
    this.#exchanges = recorded.exchanges;
    this.#depart = depart;
  }

  /** What came before the first command. */
  async greet(): Promise<void> {
    const [greeting] = this.#exchanges;
    for (const step of greeting?.steps ?? []) await this.#perform(step);
  }

  /** Answers a command as the record does; one that it does not have is answered 502. */
  async answer(verb: string, argument: string): Promise<void> {
    const exchange = this.#find(verb);
    if (exchange === undefined) {
      this.#depart(`${verb} is not in the trace`);
      await this.#session.reply(`502 ${verb} is not in the trace`);
      return;
    }
    if (verb === 'PROT' && accepts(exchange) && (argument === 'C' || argument === 'P'))
      this.#session.protection = argument;
    if (verb === 'EPSV' || verb === 'PASV') await this.#openPassive(exchange);
    else if (verb === 'EPRT' || verb === 'PORT') this.#takeActive(argument);
    if (transferVerbs.has(verb)) await this.#transfer(exchange);
    else for (const step of exchange.steps) await this.#perform(step, verb);
  }

  #find(verb: string): RecordedExchange | undefined {
    const expected = this.#exchanges[this.#next];
    const at = this.#exchanges.findIndex((exchange, index) => index >= this.#next && exchange.verb === verb);
    if (at === -1) return undefined;
    if (at !== this.#next) this.#depart(`${verb} came where the trace has ${expected?.verb ?? 'no more commands'}`);
    this.#next = at + 1;
    return this.#exchanges[at];
  }

  async #perform(step: RecordedStep, verb = ''): Promise<void> {
    const { control } = this.#session;
    if (step.kind === 'reply') await this.#session.reply(this.#withPort(step.lines.join('\n'), step.code));
    else if (step.kind === 'tls' && step.channel === 'control' && verb === 'AUTH') await this.#session.upgrade();
    else if (step.kind === 'ended') await this.#end(step.channel === 'control' ? control : this.#data, step.ending);
  }

  /** Ends a line as the record says that the server did; what the client ended is waited for. */
  async #end(line: WatchedLine | undefined, ending: string): Promise<void> {
    if (line === undefined) return;
    if (ending === 'reset' || ending === 'error') line.reset();
    else if (ending === 'close-notify' && line.tls !== undefined) line.closeNotifyThenFin();
    else if (ending === 'fin' && line.tls !== undefined) line.finWithoutCloseNotify();
    else if (ending === 'fin' || ending === 'close-notify') line.fin();
    else if (line !== this.#session.control) await line.ended;
  }

  /** A reply to PASV or EPSV gets the port that is open now; one that names none stays as it was. */
  #withPort(text: string, code: number): string {
    const [host, port] = [this.#session.control.raw.localAddress ?? '', this.#passivePort];
    if (code === 229) return text.replace(/([!-~])\1\1\d{1,5}\1/, (_, bar: string) => `${bar.repeat(3)}${port}${bar}`);
    if (code !== 227) return text;
    return text.replace(/\d{1,3}(?:,\d{1,3}){5}/, `${host.replaceAll('.', ',')},${port >> 8},${port & 255}`);
  }

  async #openPassive({ steps }: RecordedExchange): Promise<void> {
    this.#data = undefined;
    const isClosed = steps.some(({ kind }) => kind === 'unreachable');
    this.#passivePort = isClosed
      ? await freePort(this.#session.control.raw.localAddress)
      : await this.#session.openData();
  }

  #takeActive(argument: string): void {
    this.#data = undefined;
    const parts = argument.split(/[|,]/).filter((part) => part !== '');
    const [host, port] =
      parts.length === 6
        ? [parts.slice(0, 4).join('.'), Number(parts[4]) * 256 + Number(parts[5])]
        : [parts[1] ?? '', Number(parts[2])];
    this.#session.dialDataTo(host, port);
  }

  async #transfer({ verb, steps, transfer }: RecordedExchange): Promise<void> {
    const [first] = steps;
    const isBegun = first?.kind === 'reply' && first.code < 200;
    if (isBegun) await this.#perform(first);
    const rest = isBegun ? steps.slice(1) : steps;
    const isRefused = !isBegun && first?.kind === 'reply' && first.code >= 400;
    if (!isRefused && transfer !== undefined) {
      // A client that leaves the data line early is for the steps behind to show.
      await this.#move(verb, steps, transfer).catch(() => undefined);
    }
    for (const step of rest) await this.#perform(step);
  }

  async #move(verb: string, steps: readonly RecordedStep[], transfer: NonNullable<RecordedExchange['transfer']>) {
    const isProtected = this.#session.protection === 'P';
    const isSecured = steps.some((step) => step.kind === 'tls' && step.channel === 'data');
    if (isProtected && !isSecured) {
      this.#data = await this.#session.acceptRawData();
      return;
    }
    this.#data = await this.#session.acceptData();
    if (transfer.direction === 'download') {
      await this.#data.write(transfer.content ?? syntheticPayload(verb, transfer.bytes));
      return;
    }
    const ending = steps.find((step) => step.kind === 'ended' && step.channel === 'data');
    const isCut = ending?.kind === 'ended' && (ending.ending === 'reset' || !accepts({ verb, steps, transfer }));
    if (isCut) await this.#data.untilReceived(transfer.bytes);
    else await this.#data.readToEnd();
  }
}

function accepts({ steps }: RecordedExchange): boolean {
  return steps.some((step) => step.kind === 'reply' && step.code >= 200 && step.code < 300);
}
