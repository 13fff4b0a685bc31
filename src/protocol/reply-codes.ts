/** What the first digit of a reply code says (RFC 959 section 4.2), which is all that may be known of an unknown code. */

/** 1yz, 2yz, 3yz, 4yz and 5yz in this order. */
export type ReplyClass = 'preliminary' | 'completion' | 'intermediate' | 'transient' | 'permanent';

/** The class of a code from 100 to 599; codes outside count as the nearest class. */
export function replyClass(code: number): ReplyClass {
  if (code < 200) return 'preliminary';
  if (code < 300) return 'completion';
  if (code < 400) return 'intermediate';
  return code < 500 ? 'transient' : 'permanent';
}
