/** Single values of options, as the command line gave them. */

import type { OptionValues } from '../define-subcommand.ts';

/** The value of an option that takes one; undefined when it was not given. */
export function text(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of a repeatable option, in their order. */
export function texts(options: OptionValues, name: string): readonly string[] {
  const value = options[name];
  if (typeof value === 'string') return [value];
  return typeof value === 'object' ? value.filter((part) => typeof part === 'string') : [];
}
