/** An entry while a parser fills it in, fact by fact. */

import type { Entry } from './entry.ts';

export type EntryDraft = { -readonly [Fact in keyof Entry]: Entry[Fact] };
