/** Displays of the client commands: what happens, for people at a terminal, in a log, and for programs. */

export { chooseDisplay, displayOptions, errorsOnly, jsonOption } from './choose-display.ts';
export type { ClientEvent, EventOf } from './client-event.ts';
export type { Display, ExpectedTotals } from './display.ts';
export { formatBytes, formatCount, formatNumber, formatSeconds } from './figures.ts';
export { eventLine } from './json-display.ts';
export { Report, type ReportedTransfer, type TransferNames, type VerifiedHash } from './report.ts';
