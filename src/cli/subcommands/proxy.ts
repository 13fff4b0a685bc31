/** `twinline proxy`: stands between a client and a server, shows both lines, and breaks them where it is told to. */

import { faultRecords } from '../../lab/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { text } from '../client-options/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { drawRecording } from '../proxy/draw-recording.ts';
import { proxyOptions } from '../proxy/proxy-options.ts';
import { runProxy } from '../proxy/run-proxy.ts';
import { UsageError } from '../usage-error.ts';

const names = faultRecords.map(({ name }) => name).join(', ');

export const proxy = defineSubcommand({
  name: 'proxy',
  summary: 'Stand between a client and a server, and break their lines on purpose.',
  arguments: [
    { notation: '[url]', description: 'the server: ftpes://host, ftp://host (TLS if the client asks), or ftps://host' },
  ],
  options: proxyOptions,
  examples: [
    { line: 'twinline proxy ftpes://files.example.org', says: 'what a client and a server say to each other' },
    {
      line: "twinline proxy ftpes://files.example.org --fault 'reset control after 600KiB of data down'",
      says: 'a transfer that loses its control line',
    },
    {
      line: "twinline proxy ftpes://files.example.org --fault 'delay 226 by 30s' --fault 'latency 200ms jitter 50ms'",
      says: 'several faults at once',
    },
    {
      line: 'twinline proxy ftp://192.0.2.7 --listen 0.0.0.0:2121 --record run.jsonl',
      says: 'for other machines, recorded',
    },
    { line: 'twinline proxy --draw run.jsonl --report run.html', says: 'a recording as a page' },
  ],
  notes: [
    'A rule is: FAULT [VALUES] [control|data|both] [up|down] [to client|server] [WHEN] [for TIME] [times N|always] [chance 30%] ' +
      '[session N]. Up is from the client to the server. WHEN is one of: after 150, before 226 (replies), on RETR (a command), ' +
      'after 600KiB of data down (bytes of one line that the receiver has), after 5s (from the opening of the line); without it, ' +
      'from the opening of the line.',
    `The faults: ${names}. What each does, and what both ends see of it, is in docs/how-to/proxy.md and printed at the start.`,
    'Clients trust the proxy by its own authority, made at the first start: give them the file that is printed, and put it into no ' +
      'store of the system. The server is checked as by twinline get: --cacert, --pin, or -k.',
  ],
  async run([url], options, output) {
    const drawn = text(options, 'draw');
    if (drawn !== undefined) {
      const report = text(options, 'report');
      if (report === undefined || url !== undefined)
        throw new UsageError('Draw a recording like this: twinline proxy --draw run.jsonl --report run.html.');
      await drawRecording(drawn, report);
      output.stderr.write(`The report is in ${report}.\n`);
      return exitCodes.ok;
    }
    if (url === undefined) throw new UsageError('Name the server: twinline proxy ftpes://host.');
    return runProxy(url, options, output);
  },
});
