/** The facts that we send in MLST and MLSD, and how a client chooses among them (RFC 3659 sections 7.8 and 7.9). */

/** Every fact that can be sent, in the order in which lines, FEAT and OPTS carry them. */
export const mlsxFacts = ['type', 'size', 'modify', 'perm', 'unique', 'UNIX.mode'] as const;

export type MlsxFact = (typeof mlsxFacts)[number];

/** The feature line without the space in front; facts that are sent by now carry a star. */
export function mlstFeatureText(enabled: readonly MlsxFact[]): string {
  return `MLST ${mlsxFacts.map((fact) => `${fact}${enabled.includes(fact) ? '*' : ''};`).join('')}`;
}

/**
 * Parses what stands behind `OPTS MLST`, without the space between: names that each end in `;`. Nothing at all asks for
 * names only. Facts that we do not have are left out, as section 7.9 says. Undefined when malformed: 501, and the
 * choice before it stays.
 */
export function parseOptsMlst(argument: string): readonly MlsxFact[] | undefined {
  if (!/^(?:[^\s;=*]+;)*$/.test(argument)) return undefined;
  const wanted = new Set(argument.toLowerCase().split(';'));
  return mlsxFacts.filter((fact) => wanted.has(fact.toLowerCase()));
}

/** The text of the 200 reply to OPTS MLST (section 7.9.1). */
export function optsMlstReplyText(enabled: readonly MlsxFact[]): string {
  return ['MLST OPTS', enabled.map((fact) => `${fact};`).join('')].join(' ').trimEnd();
}
