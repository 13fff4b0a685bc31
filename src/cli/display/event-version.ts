/** The version of the events of `--json`, apart from their schema, so that printing them loads no validator. */

/** A higher number is one that programs for the older may misread. New fields and kinds do not raise it. */
export const clientEventVersion = 1;
