/** A note for people at a terminal: the story, both columns with times, and what it comes to. */

import type { Verdict } from '../../engine/verdict.ts';
import type { NoteEntry } from '../note-log.ts';
import { lineSentence, type NotePart, type NoteReport } from '../note-report.ts';
import { wrapped } from './wrapped.ts';

export interface TerminalLook {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Narrower terminals get the columns below one another. */
const leastTwoColumns = 100;
/** Wider ones are not filled: lines that long are hard to read. */
const widest = 180;
const timeWidth = 9;
const verdictWidth = 15;

const colours = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Colour = keyof typeof colours;

const verdictColour: Readonly<Record<Verdict, Colour>> = {
  PASS: 'green',
  FAIL: 'red',
  'NON-STRICT': 'yellow',
  UNCLEAN: 'yellow',
  INFRA: 'yellow',
  INFO: 'cyan',
  UNIMPLEMENTED: 'cyan',
  SKIP: 'dim',
};

export class NotePrinter {
  readonly #colour: boolean;
  readonly #width: number;

  constructor({ colour, width }: TerminalLook) {
    this.#colour = colour;
    this.#width = Math.max(40, Math.min(widest, width));
  }

  head(question: string, setting: readonly string[]): string {
    return `${this.#paint('bold', question)}\n\n${setting.map((text) => this.#text(text)).join('')}\n`;
  }

  step(text: string): string {
    return this.#paint('dim', this.#text(`… ${text}`));
  }

  part(part: NotePart): string {
    const { title, story, questions, lines, packets = [], left, verdicts, clauses } = part;
    const asked = questions.map(({ asked: form, answered, verdict, says, clause }) =>
      this.#judged(verdict, `${form} → ${answered}`, `${says} (${clause})`),
    );
    return [
      `\n${this.#paint('bold', title)}\n${this.#paint('dim', '─'.repeat(Math.min(this.#width, title.length)))}\n`,
      ...story.map((text) => this.#text(text)),
      '\n',
      this.#timeline(part.timeline),
      part.droppedEntries === 0 ? '' : this.#text(`${part.droppedEntries} further lines are not shown.`),
      '\n',
      this.#section('What was asked', asked),
      this.#section(
        'How each line ended',
        lines.map((line) => this.#text(`- ${lineSentence(line)}`, 2, 0)),
      ),
      this.#section(
        'Packets',
        packets.map((text) => this.#text(`- ${text}`, 2, 0)),
      ),
      this.#section(
        'What is left',
        left.map((text) => this.#text(`- ${text}`, 2, 0)),
      ),
      this.#section(
        'Why',
        clauses.map(
          ({ clause, quote, means }) => `${this.#text(`${clause}: "${quote}"`, 2, 0)}${this.#text(means, 2)}`,
        ),
      ),
      this.#section(
        'Verdicts',
        verdicts.map(({ end, verdict, says, clause }) => this.#judged(verdict, end, `${says} (${clause})`)),
      ),
    ].join('');
  }

  foot({ answer, repeat, durationMs }: NoteReport): string {
    return `\n${this.#paint('bold', this.#text(answer))}\n${this.#text(`Done in ${(durationMs / 1000).toFixed(1)} s. To repeat it: ${repeat}`)}`;
  }

  #section(heading: string, items: readonly string[]): string {
    return items.length === 0 ? '' : `${this.#paint('bold', heading)}\n${items.join('')}\n`;
  }

  /** The verdict, what it is about behind it, and what it says below that. */
  #judged(verdict: Verdict, about: string, says: string): string {
    const mark = this.#paint(verdictColour[verdict], verdict.padEnd(verdictWidth));
    return `${mark}${this.#text(about, verdictWidth, 0)}${this.#text(says, verdictWidth)}`;
  }

  /** Wrapped to the width, set in by `indent`; the first line by `first`. */
  #text(text: string, indent = 0, first = indent): string {
    const lines = wrapped(text, this.#width - indent);
    return lines.map((line, at) => `${' '.repeat(at === 0 ? first : indent)}${line}\n`).join('');
  }

  #timeline(entries: readonly NoteEntry[]): string {
    return this.#width < leastTwoColumns ? this.#oneColumn(entries) : this.#twoColumns(entries);
  }

  #twoColumns(entries: readonly NoteEntry[]): string {
    const half = Math.floor((this.#width - timeWidth - 5) / 2);
    const row = (time: string, server: string, client: string): string =>
      `${time.padStart(timeWidth)}  ${server.padEnd(half)} │ ${client}`.trimEnd();
    const rows = [this.#paint('bold', row('', 'Server', 'Client'))];
    for (const entry of entries) {
      const time = shownTime(entry);
      if (entry.column === 'lab') rows.push(this.#across(entry, time));
      else {
        const lines = wrapped(shortened(entry), half, '  ');
        const [server, client] = entry.column === 'server' ? [lines, []] : [[], lines];
        for (const at of lines.keys()) rows.push(row(at === 0 ? time : '', server[at] ?? '', client[at] ?? ''));
      }
    }
    return `${rows.join('\n')}\n`;
  }

  #oneColumn(entries: readonly NoteEntry[]): string {
    const rows: string[] = [];
    for (const entry of entries) {
      const time = shownTime(entry);
      if (entry.column === 'lab') rows.push(this.#across(entry, time));
      else {
        const who = entry.column === 'server' ? 'S' : 'C';
        const lines = wrapped(shortened(entry), this.#width - timeWidth - 4, '  ');
        rows.push(
          ...lines.map((line, at) => `${(at === 0 ? time : '').padStart(timeWidth)} ${at === 0 ? who : ' '} ${line}`),
        );
      }
    }
    return `${['S: server, C: client', ...rows].join('\n')}\n`;
  }

  /** What the lab sees or does stands across both columns. */
  #across({ text, isFault }: NoteEntry, time: string): string {
    if (isFault !== true) {
      const lines = wrapped(`· ${text}`, this.#width - timeWidth - 2, '  ');
      const rows = lines.map((line, at) => `${(at === 0 ? time : '').padStart(timeWidth)}  ${line}`);
      return this.#paint('dim', rows.join('\n'));
    }
    const lines = wrapped(text, this.#width - timeWidth - 8, '');
    const rows = lines.map((line, at) =>
      `${(at === 0 ? time : '').padStart(timeWidth)}  ━━━━ ${line} `.padEnd(this.#width, '━'),
    );
    return this.#paint('red', rows.join('\n'));
  }

  #paint(colour: Colour, text: string): string {
    return this.#colour ? `\x1b[${colours[colour]}m${text}\x1b[0m` : text;
  }
}

/** A line of a server's log without date and clock, for the time stands in front of it. */
function shortened({ column, text }: NoteEntry): string {
  return column === 'server' ? text.replace(/^(\(\d{6}\))\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d [AP]M -/, '$1') : text;
}

/** Seconds since the part began. */
export function shownTime({ atMs }: NoteEntry): string {
  return `${(atMs / 1000).toFixed(3)} s`;
}
