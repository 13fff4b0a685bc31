/** Shows nothing but what went wrong. */

import type { Output } from '../output.ts';
import type { Display } from './display.ts';

export class QuietDisplay implements Display {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  expect(): void {}

  show(): void {}

  say(text: string): void {
    this.#output.stderr.write(`${text}\n`);
  }

  close(): void {}
}
