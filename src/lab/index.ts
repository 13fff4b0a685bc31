/** Part `lab`: judges any FTPS server and any client by cases, and explains what they do. */

export { allCases, clientCases, serverCases } from './cases/index.ts';
export { type ClientLabOptions, runClientLab } from './client-lab/run-client-lab.ts';
export { startProblem } from './client-lab/start-problem.ts';
export type { ClientUnderTest, CommandTemplate } from './client-lab/client-under-test.ts';
export { isUnjudged, labExitCode } from './engine/exit-code.ts';
export { CaseSkipped, NoReply, NotImplemented, SetupFailed } from './engine/case-errors.ts';
export type { LabEvent } from './engine/event-log.ts';
export { type AreaGrade, gradesOf, type Letter } from './engine/grades.ts';
export {
  type Area,
  areas,
  type ClientCase,
  defineClientCase,
  defineServerCase,
  type LabCase,
  type LineReport,
  type OutcomeRecord,
  type ProbeReport,
  type Seen,
  type ServerCase,
  type ServerNeed,
  type Task,
  tasks,
} from './engine/lab-case.ts';
export { type CaseReport, type LabReport, type ProfileDifference, reportVersion } from './engine/lab-report.ts';
export { holdAgainst, parseProfile, type Profile, profileOf, profileSchema, profileText } from './engine/profile.ts';
export { labReportSchema, parseReport } from './engine/report-schema.ts';
export { classOf, type Reply } from './engine/reply.ts';
export { LinePackets, PacketFile } from './capture/index.ts';
export { catalogueRow, selectCases, type Selection } from './engine/select-cases.ts';
export { type Grade, type Level, type Verdict, verdictOf, verdicts } from './engine/verdict.ts';
export type { ClientLab } from './client-lab/client-lab.ts';
export type { DataLine } from './server-lab/data-line.ts';
export type { ActivePort, DataOptions, LabSession } from './server-lab/lab-session.ts';
export { runServerLab, type ServerLabOptions } from './server-lab/run-server-lab.ts';
export type { ServerLab } from './server-lab/server-lab.ts';
export { defaultTimeouts, type LabTimeouts, type ServerTarget } from './server-lab/server-target.ts';
export { reportFormats } from './reports/index.ts';
export {
  type Comparison,
  compareReports,
  comparisonFormats,
  comparisonTerminal,
  type NamedReport,
} from './reports/compare/index.ts';
export { terminalLine, terminalSummary, unjudgedText } from './reports/terminal.ts';
export { clientPresets } from './client-lab/presets/index.ts';
export * from './notes/index.ts';
export * from './tcp/index.ts';
export * from './topology/index.ts';
export { faultRecords } from './faults/index.ts';
export type { FaultParameter, FaultRecord } from './faults/define-fault.ts';
export type { FaultState } from './faults/fault-book.ts';
export { valueForms } from './faults/fault-values.ts';
export { type FaultRule, FaultRuleError, parseFault } from './faults/parse-fault.ts';
export { FaultProxy } from './proxy/fault-proxy.ts';
export { makeProxyAuthority } from './proxy/proxy-authority.ts';
export type { ProxyEvent } from './proxy/proxy-event.ts';
export { defaultProxyLimits, type ProxyLimits, type ProxyOptions } from './proxy/proxy-options.ts';
export type { SessionState } from './proxy/proxy-session.ts';
export type { UpstreamTrust } from './proxy/upstream-tls.ts';
export { ProxyApi, type ProxyApiOptions } from './proxy/proxy-api.ts';
export {
  parseRecording,
  type Recording,
  RecordingError,
  type RecordingHeader,
  recordingLine,
} from './proxy/recording.ts';
export { recordingHtml } from './reports/recording/recording-html.ts';
