/** The values of an option that may be given several times. */

import type { OptionValues } from '../define-subcommand.ts';

export function words(options: OptionValues, name: string): readonly string[] | undefined {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : undefined;
}
