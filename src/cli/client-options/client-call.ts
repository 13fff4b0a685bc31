/** A URL and the options of the session, read into what the client library takes. */

import { type ConnectOptions, displayUrl, type FtpUrl, parseFtpUrl } from '../../client/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { deadlineOptions, readDeadlines, readMaxTimeMs } from './deadlines.ts';
import { loginOptions, readLogin } from './login.ts';
import { readRecovery, recoveryOptions } from './recovery.ts';
import { readTls, tlsOptions } from './tls.ts';
import { isVerbose, readTrace, traceOptions } from './trace.ts';

/** Options about the session: login, TLS, time, trace. */
export const sessionOptions: readonly OptionRecord[] = [
  ...loginOptions,
  ...tlsOptions,
  ...deadlineOptions,
  ...recoveryOptions,
  ...traceOptions,
];

/** A URL and what the options say of the session with its server. */
export interface ClientCall {
  readonly url: FtpUrl;
  /** The URL as it may be shown. */
  readonly urlText: string;
  readonly connect: ConnectOptions;
  readonly maxTimeMs: number | undefined;
  readonly verbose: boolean;
}

/** Reads URL and options. Throws `ConfigError` with one sentence that says what to write instead. */
export async function readClientCall(urlText: string, options: OptionValues, output: Output): Promise<ClientCall> {
  const url = parseFtpUrl(urlText);
  const login = await readLogin(url, options, output);
  return {
    url,
    urlText: displayUrl(urlText),
    verbose: isVerbose(options),
    maxTimeMs: readMaxTimeMs(options),
    connect: {
      host: url.host,
      security: url.security,
      ...(url.port === undefined ? {} : { port: url.port }),
      ...login,
      tls: await readTls(options),
      deadlines: readDeadlines(options),
      ...readRecovery(options),
      ...(await readTrace(options, output)),
    },
  };
}
