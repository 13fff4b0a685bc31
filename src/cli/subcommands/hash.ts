/** `twinline hash`: digests that the server makes, in the form that sha256sum and its like check. */

import { passwordNote, sessionOptions, text } from '../client-options/index.ts';
import { eachPath, noGlobOption } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { jsonOption } from '../display/index.ts';
import { print } from '../listing/index.ts';

/** Programs that check the lines. */
const checkers: Readonly<Record<string, string | undefined>> = {
  'SHA-256': 'sha256sum',
  'SHA-512': 'sha512sum',
  'SHA-1': 'sha1sum',
  MD5: 'md5sum',
};

export const hash = defineSubcommand({
  name: 'hash',
  summary: 'Print digests that the server makes of its files.',
  arguments: [{ notation: '<urls...>', description: 'files of one server; * ? [a-z] in names, quoted' }],
  options: [
    {
      flags: '-a, --algorithm <name>',
      description: 'SHA-256, SHA-512, SHA-1, MD5 or CRC32.',
      defaultText: 'the first of these that the server has',
    },
    noGlobOption,
    jsonOption,
    ...sessionOptions,
  ],
  examples: [
    {
      line: 'twinline hash ftpes://files.example.org/disk.iso -u anna | sha256sum -c',
      says: 'compares the file there with disk.iso here',
    },
  ],
  notes: ['A server without HASH, XSHA256, XMD5 or their like answers with an error.', passwordNote],
  run(urls, options, output) {
    const algorithm = text(options, 'algorithm')
      ?.toUpperCase()
      .replace(/^SHA(?=\d)/, 'SHA-');
    let hasSaid = false;
    return eachPath(urls, options, output, async (client, path, { report, signal }) => {
      const found = await client.hash(path, { signal, ...(algorithm === undefined ? {} : { algorithm }) });
      if (options['json'] === true) {
        report.value({ path, hash: { algorithm: found.algorithm, value: found.digest } });
        return;
      }
      if (algorithm === undefined && found.algorithm !== 'SHA-256' && !hasSaid) {
        hasSaid = true;
        const checker = checkers[found.algorithm];
        report.say(
          `The server has ${found.algorithm} only${checker === undefined ? '' : `; ${checker} -c checks it`}.`,
        );
      }
      await print(`${checkLine(found.digest, path)}\n`, output);
    });
  },
});

/** As sha256sum writes it: a backslash in front says that the name is escaped. */
export function checkLine(digest: string, name: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === name ? '' : '\\'}${digest}  ${escaped}`;
}
