/** Which replies a fault about replies is about. */

import { type ParameterValues, type SeenReply, textOf } from './define-fault.ts';

/** `code` is three digits, or `any`. */
export function isReply({ code }: SeenReply, values: ParameterValues): boolean {
  const wanted = textOf(values, 'code');
  return wanted === 'any' || wanted === String(code);
}
