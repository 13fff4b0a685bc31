/** Which connections `twinline conns` shows: the filters of its command line. */

import { type ConnectionRecord, isTcpState, type TcpState, tcpStateNames } from '../../lab/index.ts';
import { normaliseAddress } from '../../protocol/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';

type Filter = (connection: ConnectionRecord) => boolean;

function given(options: OptionValues, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** Everything that is given must hold; of several values of one option, one. Throws `UsageError`. */
export function readFilters(options: OptionValues): Filter {
  const filters: readonly (Filter | undefined)[] = [
    anyOf(given(options, 'port').map(portFilter)),
    anyOf(given(options, 'address').map(addressFilter)),
    anyOf(given(options, 'process').map(processFilter)),
    anyOf(given(options, 'state').map(stateFilter)),
    options['ftp'] === true ? ({ ftp }) => ftp !== undefined : undefined,
  ];
  return (connection) => filters.every((filter) => filter === undefined || filter(connection));
}

function anyOf(filters: readonly Filter[]): Filter | undefined {
  return filters.length === 0 ? undefined : (connection) => filters.some((filter) => filter(connection));
}

function portFilter(text: string): Filter {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new UsageError(`--port takes a number from 1 to 65535, not "${text}".`);
  return ({ local, remote }) => local.port === port || remote.port === port;
}

function addressFilter(text: string): Filter {
  const host = normaliseAddress(text.replace(/^\[(.*)\]$/, '$1'));
  if (host === undefined) throw new UsageError(`--address takes an IP address, not "${text}".`);
  return ({ local, remote }) => local.host === host || remote.host === host;
}

function processFilter(text: string): Filter {
  if (/^\d+$/.test(text)) return ({ processes }) => processes.some(({ pid }) => pid === Number(text));
  return ({ processes }) => processes.some(({ name }) => name.includes(text));
}

function stateFilter(text: string): Filter {
  const state = text.toUpperCase().replaceAll('-', '_') as TcpState;
  if (!isTcpState(state)) {
    throw new UsageError(`--state takes one of ${tcpStateNames.join(', ')}; "${text}" is none of them.`);
  }
  return (connection) => connection.state === state;
}
