/** TCP of this machine for the lab: the connections with their owners, and an end to one of them. */

export { type Connection, type ConnectionTable, readConnections } from './table/connections.ts';
export {
  type ConnectionRecord,
  connectionsRecord,
  type ConnectionsRecord,
  connectionsSchema,
} from './table/connection-record.ts';
export { type DeclaredSession, type FtpSession, ftpSessions } from './table/ftp-sessions.ts';
export { isTcpState, type TcpState, tcpStateNames } from './table/tcp-state.ts';
export { endText } from './wire/tcp-packet.ts';
export { killConnection } from './kill/kill-connection.ts';
export { type KillPattern, parseKillPattern } from './kill/kill-pattern.ts';
export { type KillEvent, killEventText, type KillOptions } from './kill/kill-run.ts';
export { isHere, type KillTarget, type TargetEnd, targetsOf } from './kill/kill-target.ts';
export { chooseMethod, type KillMethod, type KillMethodName, killMethodNames } from './kill/methods.ts';
export { predict, type Prediction } from './kill/predict.ts';
