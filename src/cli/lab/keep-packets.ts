/** `--pcap FILE` of `lab server` and `lab client`. */

import { TwinlineError } from '../../errors/index.ts';
import { LinePackets } from '../../lab/index.ts';
import { text } from '../client-options/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { fileProblem } from '../file-problem.ts';
import type { Output } from '../output.ts';

/**
 * Runs `work` while the packets of the lab's lines are kept, where that is asked for. Rejects with `TwinlineError` before it, and
 * behind it where not all could be written.
 */
export async function keepingPackets<Result>(
  options: OptionValues,
  output: Output,
  work: () => Promise<Result>,
): Promise<Result> {
  const file = text(options, 'pcap');
  if (file === undefined) return work();
  using packets = await begin(file);
  const result = await work();
  if (packets.failure !== undefined) throw cannotKeep(file, packets.failure);
  const dropped = packets.dropped === 0 ? '' : `; ${packets.dropped} further ones found no room`;
  output.stderr.write(`The packets are in ${file}, with the keys of TLS${dropped}.\n`);
  return result;
}

async function begin(file: string): Promise<LinePackets> {
  try {
    return await LinePackets.begin(file);
  } catch (error) {
    if (error instanceof TwinlineError) throw error;
    const { errno } = error as { errno?: unknown };
    if (errno === 'EPERM' || errno === 'EACCES') {
      const message = 'Packets are read by root, or with CAP_NET_RAW: run the lab so, or without --pcap.';
      throw new TwinlineError('ERR_TWINLINE_SYSTEM', message, { cause: error });
    }
    throw cannotKeep(file, error as NodeJS.ErrnoException);
  }
}

function cannotKeep(file: string, error: NodeJS.ErrnoException): TwinlineError {
  const message = `The packets cannot be kept in "${file}": ${fileProblem(error)}.`;
  return new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause: error });
}
