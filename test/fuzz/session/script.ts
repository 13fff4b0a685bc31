/** A session as text, one step a line, so that it can be kept, changed byte by byte, and cut down line by line. */

/** What the fuzzing client does. Bytes are JSON strings with one character for each byte. */
export type SessionStep =
  /** How the session begins; only as the first line. */
  | { readonly do: 'begin'; readonly mode: BeginMode }
  | { readonly do: 'send' | 'data'; readonly bytes: Buffer }
  | { readonly do: SimpleStep };

export const beginModes = ['plain', 'tls', 'implicit', 'bare'] as const;
/** `bare` sends nothing by itself; the others log in, under TLS where they say so, and set TYPE I. */
export type BeginMode = (typeof beginModes)[number];

export const simpleSteps = [
  /** Lets the server answer. */
  'await',
  /** Connects to the port that was announced last. */
  'connect',
  /** Listens and says EPRT; the first connection is the data line. */
  'active',
  'data-tls',
  'data-fin',
  'data-reset',
  /** AUTH TLS and the handshake, as it should be. */
  'tls',
  /** Ends our half of the control line. */
  'fin',
  'reset',
] as const;
export type SimpleStep = (typeof simpleSteps)[number];

export function serialiseScript(steps: readonly SessionStep[]): string {
  return steps
    .map((step) => {
      if (step.do === 'begin') return `begin ${step.mode}\n`;
      if ('bytes' in step) return `${step.do} ${JSON.stringify(step.bytes.toString('latin1'))}\n`;
      return `${step.do}\n`;
    })
    .join('');
}

/** Reads a script; lines that are none say nothing. */
export function parseScript(text: string): SessionStep[] {
  return text.split('\n').flatMap((line): SessionStep[] => {
    const [, word = '', rest = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    const mode = beginModes.find((known) => known === rest);
    if (word === 'begin') return mode === undefined ? [] : [{ do: 'begin', mode }];
    const simple = simpleSteps.find((known) => known === word);
    if (simple !== undefined) return [{ do: simple }];
    if (word !== 'send' && word !== 'data') return [];
    const bytes = bytesOf(rest);
    return bytes === undefined ? [] : [{ do: word, bytes }];
  });
}

/** What a changed string still says: JSON where it is, else itself. */
function bytesOf(text: string): Buffer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? Buffer.from(value, 'latin1') : undefined;
  } catch {
    return Buffer.from(text, 'latin1');
  }
}
