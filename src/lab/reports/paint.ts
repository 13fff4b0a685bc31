/** The colours of verdicts on terminals. */

import { styleText } from 'node:util';
import type { Verdict } from '../engine/verdict.ts';

const colours: Readonly<Record<Verdict, 'red' | 'yellow' | 'green' | 'blue' | 'magenta' | 'gray'>> = {
  PASS: 'green',
  FAIL: 'red',
  'NON-STRICT': 'yellow',
  UNCLEAN: 'yellow',
  INFO: 'blue',
  UNIMPLEMENTED: 'gray',
  SKIP: 'gray',
  INFRA: 'magenta',
};

export function paint(text: string, verdict: Verdict, colour: boolean): string {
  return colour ? styleText(colours[verdict], text, { validateStream: false }) : text;
}
