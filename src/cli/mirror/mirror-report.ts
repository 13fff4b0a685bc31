/** Tells the events of a mirror as the other commands tell theirs, and the sums at its end. */

import type { MirrorDirection, MirrorEvent, MirrorResult } from '../../client/index.ts';
import { printable } from '../../protocol/index.ts';
import { formatCount, formatNumber, type Report, type ReportedTransfer } from '../display/index.ts';

const reasons = {
  missing: 'not there',
  size: 'another size',
  newer: 'newer',
  time: 'another time',
  checksum: 'another checksum',
  unfinished: 'broken off before',
} as const;

export class MirrorReport {
  readonly #report: Report;
  readonly #targetSide: 'local' | 'remote';
  readonly #itemizes: boolean;
  readonly #running = new Map<number, ReportedTransfer>();

  /** `itemizes`: a line for each file that is copied, with the reason. */
  constructor(report: Report, direction: MirrorDirection, itemizes: boolean) {
    this.#report = report;
    this.#targetSide = direction === 'down' ? 'local' : 'remote';
    this.#itemizes = itemizes;
  }

  tell(event: MirrorEvent): void {
    switch (event.kind) {
      case 'start': {
        const { id, direction, remote, local, path, why } = event;
        if (this.#itemizes) this.#report.say(`${printable(path)}: ${reasons[why]}`);
        this.#running.set(id, this.#report.start({ direction, remote, local }));
        return;
      }
      case 'progress':
        this.#running.get(event.id)?.progress(event.progress);
        return;
      case 'retry':
        this.#running.get(event.id)?.retry(event.notice);
        return;
      case 'copied':
        this.#take(event.id)?.finish(event.result);
        return;
      case 'copy-failed':
        this.#take(event.id)?.fail(event.error);
        return;
      case 'expect':
        this.#report.expect({ files: event.files, bytes: event.bytes });
        return;
      case 'notice':
        this.#report.notice(event.text);
        return;
      case 'failed':
        this.#report.error(event.error, event.path);
        return;
      default:
        this.#tellAction(event);
    }
  }

  #take(id: number): ReportedTransfer | undefined {
    const running = this.#running.get(id);
    this.#running.delete(id);
    return running;
  }

  #tellAction(
    event: Extract<MirrorEvent, { kind: 'would-copy' | 'skipped' | 'folder-made' | 'file-removed' | 'folder-removed' }>,
  ): void {
    const side = this.#targetSide;
    if (event.kind === 'would-copy') {
      this.#report.action({ action: 'copy', side, path: event.path, why: reasons[event.why], dryRun: true });
    } else if (event.kind === 'skipped') {
      const from = side === 'local' ? 'remote' : 'local';
      this.#report.action({ action: 'skip', side: from, path: event.path, why: event.why });
    } else {
      const actions = {
        'folder-made': 'make-folder',
        'file-removed': 'remove-file',
        'folder-removed': 'remove-folder',
      } as const;
      const { path, dryRun } = event;
      this.#report.action({ action: actions[event.kind], side, path, ...(dryRun ? { dryRun } : {}) });
    }
  }

  /** What was done, or would be, in one line. */
  sums({ copied, same, foldersMade, removed, skipped, failures }: MirrorResult, dryRun: boolean): void {
    const would = dryRun ? 'would be ' : '';
    const words = [
      `${formatCount(copied, 'file')} ${would}copied`,
      `${formatNumber(same)} the same`,
      ...(foldersMade > 0 ? [`${formatCount(foldersMade, 'folder')} ${would}made`] : []),
      ...(removed > 0 ? [`${formatNumber(removed)} ${would}removed`] : []),
      ...(skipped > 0 ? [`${formatNumber(skipped)} skipped`] : []),
      ...(failures > 0 ? [`${formatNumber(failures)} failed`] : []),
    ];
    this.#report.notice(words.join(', '));
  }
}
