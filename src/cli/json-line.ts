/** JSON on a line of its own, safe to show on a terminal. */

/** As `JSON.stringify`, with DEL and the controls of C1 escaped too: a terminal may take U+009B for the start of a command. */
export function jsonLine(value: object): string {
  const escaped = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped)}\n`;
}
