/** What an ACME server refused, or why it could not be asked. */

/** Its message is one sentence for the operator, in which the authority's own words are quoted. */
export class AcmeError extends Error {
  /** The problem type without its URN prefix, for example `rateLimited` (RFC 8555 section 6.7); undefined for others. */
  readonly problem: string | undefined;
  /** The earliest time of another try that the authority asks for, as milliseconds since 1970. */
  readonly retryAtMs: number | undefined;

  constructor(message: string, facts: { problem?: string; retryAtMs?: number; cause?: unknown } = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'AcmeError';
    this.problem = facts.problem;
    this.retryAtMs = facts.retryAtMs;
  }
}
