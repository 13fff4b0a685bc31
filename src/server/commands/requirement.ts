/** What documents ask of this server, and whether it does so: the source of docs/rfc-compliance.md. */

export const requirementStatuses = ['kept', 'in part', 'not kept'] as const;
export type RequirementStatus = (typeof requirementStatuses)[number];

/** One thing that one section of a document asks for. */
export interface Requirement {
  /** As in `RFC 959`; `practice` for what clients rely on without a document. */
  readonly document: string;
  /** As in `4.1.3`; empty where the document has none. */
  readonly section: string;
  /** What is asked, as a sentence about the server. */
  readonly text: string;
  readonly status: RequirementStatus;
  /** Why it is not kept in full. */
  readonly reason?: string;
}

/** Splits `RFC 959 section 4.1.3`. */
function place(where: string): { readonly document: string; readonly section: string } {
  const [document = '', section = ''] = where.split(' section ');
  return { document, section };
}

export function kept(where: string, text: string): Requirement {
  return { ...place(where), text, status: 'kept' };
}

export function keptInPart(where: string, text: string, reason: string): Requirement {
  return { ...place(where), text, status: 'in part', reason };
}

export function notKept(where: string, text: string, reason: string): Requirement {
  return { ...place(where), text, status: 'not kept', reason };
}
