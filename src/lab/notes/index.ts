/** The field notes as experiments. */

export { type ControlLossOptions, runControlLoss, settingOf } from './control-loss.ts';
export type { Between, BetweenKind, BetweenOptions, FaultKind, ToldPacket } from './between.ts';
export type { LineKind, SeenLine } from './observed-line.ts';
export { runEpsvNote, settingOfEpsv } from './epsv.ts';
export type { ClientJob, ClientOutcome, NoteClient, NoteServer, TransferWord } from './note-ends.ts';
export { lineSentence, type NoteName, type NotePart, type NoteReport } from './note-report.ts';
export { noteReportSchema } from './note-schema.ts';
export { NoteFailed, type NoteOptions } from './note-run.ts';
export { patientClient } from './patient-client.ts';
export { noteFormats } from './reports/index.ts';
export { NotePrinter, type TerminalLook } from './reports/note-terminal.ts';
export { acrossTopology, type TopologyPlace } from './topology/index.ts';
