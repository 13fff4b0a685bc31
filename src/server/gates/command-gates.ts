/** The gates that every command passes before it runs, in one place and in one order. */

import type { Reply } from '../../protocol/index.ts';
import type { CommandRecord } from '../commands/define-command.ts';
import type { TlsPolicy } from '../options.ts';
import { replies } from '../replies.ts';
import type { Session } from '../session.ts';

type Gate = (record: CommandRecord, session: Session, argument: string, policy: TlsPolicy) => Reply | undefined;

/**
 * Required TLS (RFC 4217 section 11): nothing but what leads to it, or harms nobody, passes in clear. Behind CCC commands
 * pass in clear by the wish of both.
 */
const tlsGate: Gate = (record, session, _argument, policy) => {
  const { security } = session.state;
  const isOpen = policy !== 'required' || security === 'tls' || security === 'cleared' || record.inClear === true;
  return isOpen ? undefined : replies.tlsNeeded;
};

const loginGate: Gate = (record, session) =>
  session.state.login === 'in' || record.beforeLogin === true ? undefined : replies.loginNeeded;

const argumentGate: Gate = (record, _session, argument) => {
  if (record.argument === 'required' && argument === '') return replies.badSyntax(`Syntax: ${record.help}`);
  if (record.argument === 'none' && argument !== '') return replies.badSyntax(`Syntax: ${record.help}`);
  return undefined;
};

/**
 * Required data protection is looked at by what moves data, and not by what opens a port: PROT counts behind PASV too
 * (RFC 4217 sections 8 and 10.2).
 */
const protectionGate: Gate = (record, session, _argument, policy) =>
  record.movesData === true && policy === 'required' && session.state.protection !== 'private'
    ? replies.dataNotPrivate
    : undefined;

/** What the storage of this session cannot do. */
const availableGate: Gate = (record, session) =>
  record.available?.(session) === false ? replies.commandNotImplemented : undefined;

const permissionGate: Gate = (record, session) =>
  record.permission === 'write' && session.account?.readOnly === true ? replies.readOnly : undefined;

const gates: readonly Gate[] = [tlsGate, loginGate, availableGate, argumentGate, protectionGate, permissionGate];

/** Whether FEAT and HELP name a command: not what this session cannot do, nor what this user, once known, may not. */
export function isUsable(record: CommandRecord, session: Session): boolean {
  return (
    record.available?.(session) !== false && !(record.permission === 'write' && session.account?.readOnly === true)
  );
}

/** The refusal of the first gate that is closed, or undefined when all are open. */
export function refusalOf(
  record: CommandRecord,
  session: Session,
  argument: string,
  policy: TlsPolicy,
): Reply | undefined {
  for (const gate of gates) {
    const refusal = gate(record, session, argument, policy);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
