/** What the commands share that show names and facts of a server. */

export { EntryCounter } from './entry-counter.ts';
export { byName, type PlacedEntry, type TreeOptions, type TreeVisitor, visitTree } from './list-folder.ts';
export { print } from './print.ts';
