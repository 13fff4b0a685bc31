/** A transfer command from its first check to its last reply; every transfer command goes this one way. */

import type { Reply } from '../../protocol/index.ts';
import { reportChange } from '../file-changes.ts';
import { replies, reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { storageReply } from '../storage-replies.ts';
import { Transfer, type TransferOutcome, type TransferPlan, type TransferWork } from './transfer.ts';

/** The reply that tells an outcome. */
function replyOf(session: Session, plan: TransferPlan, outcome: TransferOutcome): Reply {
  if (outcome.unexpected !== undefined) return session.errorReply(outcome.unexpected, plan.path);
  if (outcome.storageError !== undefined) return storageReply(outcome.storageError, plan.path);
  switch (outcome.cause) {
    case 'completed':
      return replies.transferOk;
    case 'no-data-connection':
      return reply(425, outcome.detail);
    case 'data-tls-failed':
      return reply(522, outcome.detail);
    case 'data-reset':
    case 'data-truncated':
    case 'data-error':
    case 'stalled':
      return reply(426, `Connection closed; transfer aborted: ${outcome.detail}.`);
    default:
      return replies.transferAborted;
  }
}

/** A refusal before 150: no data connection is pending. */
function refusalWithoutData(session: Session): Reply | undefined {
  if (session.slot.pending) return undefined;
  const failure = session.slot.failure;
  if (failure === undefined) return reply(425, 'No data connection: use EPSV or PASV first');
  return reply(failure.kind === 'tls-failed' ? 522 : 425, failure.message);
}

/**
 * Runs a transfer. `open` opens the storage side before 150; its rejection is answered without 150. The record is
 * written before the last reply is sent, and the reply is sent before the session hears of the end: a lost or draining
 * session ends there and could not answer any more.
 */
export async function runTransfer(
  session: Session,
  plan: TransferPlan,
  open: (transfer: Transfer) => Promise<TransferWork> | TransferWork,
): Promise<Reply | undefined> {
  const refusal = refusalWithoutData(session);
  if (refusal !== undefined) return refusal;
  const { stallMs, closedWindowMs, dataCloseMs } = session.settings.limits;
  const release = session.holdOpen();
  const missingCloseNotify = session.account?.missingCloseNotify ?? session.settings.missingCloseNotify;
  const transfer = new Transfer(plan, session.scope, session.slot, {
    stallMs,
    closedWindowMs,
    dataCloseMs,
    tolerateMissingCloseNotify: missingCloseNotify === 'tolerate',
  });
  session.beginTransfer(transfer);
  try {
    const work = await open(transfer);
    // From here on the record of the transfer tells all.
    session.change = undefined;
    // 150 does not wait for the data connection, nor for TLS that has not begun: some clients begin it when they have read 150.
    if (plan.direction === 'upload') await session.slot.uploadMayBegin();
    if (!transfer.interrupted) {
      session.send(
        reply(150, plan.opening ?? (session.slot.connected ? 'Connection accepted' : 'Opening data connection')),
      );
    }
    const outcome = await transfer.run(work);
    const line = transfer.lineRecord(outcome);
    if (line !== undefined) session.emit({ type: 'data-line-failed', line, ...session.identity });
    const record = { ...transfer.record(outcome), dataType: session.type };
    session.emit({ type: 'transfer', transfer: record, ...session.identity });
    session.send(replyOf(session, plan, outcome));
  } catch (error) {
    session.slot.clear();
    const answer = session.errorReply(error, plan.path);
    reportChange(session, answer, error);
    session.send(answer);
  } finally {
    transfer.scope.close();
    session.endTransfer();
    release();
  }
  return undefined;
}
