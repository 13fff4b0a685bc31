/** `twinline serve`: runs an FTPS server until a signal stops it. */

import { defineSubcommand } from '../define-subcommand.ts';
import { settingOptions } from '../serve/setting-records.ts';

export const serve = defineSubcommand({
  name: 'serve',
  summary: 'Run an FTPS server.',
  arguments: [],
  options: settingOptions(),
  examples: [
    { line: 'twinline serve', says: 'on this machine only, with a certificate, a user and files to try' },
    {
      line: 'twinline serve --root /srv/files --user alice:secret',
      says: 'your folder and your user; the certificate is still the self-made one',
    },
    {
      line: 'twinline serve --listen 0.0.0.0:21 --cert fullchain.pem --key privkey.pem --config users.toml',
      says: 'for others to use, with a real certificate, and passwords where no process list shows them',
    },
    { line: 'twinline serve --log-format filezilla', says: 'the log as FileZilla Server writes it' },
  ],
  notes: [
    'Every option but --config is also a key of the TOML file, for example: listen = ["0.0.0.0:21", "[::]:21"]. ' +
      'Options that are repeatable take an array there. The command line wins over the file.',
    'SIGHUP reads the file again: what can change while the server runs does, for sessions that begin from then on; what is ' +
      'wrong in it is logged, and the old settings stay.',
    'SIGTERM or Ctrl-C stops the server when its running transfers are through; a second one leaves at once.',
  ],
  async run(_positional, options, output) {
    const { runServer } = await import('../serve/run-server.ts');
    return runServer(options, output);
  },
});
