/** All commands. A new one is a file of its own and a line here; FEAT, HELP and the gates follow from its record. */

import { abor } from './abor.ts';
import { acct } from './acct.ts';
import { allo } from './allo.ts';
import { auth } from './auth.ts';
import { avbl } from './avbl.ts';
import { ccc } from './ccc.ts';
import { cdup, cwd } from './cwd.ts';
import { clnt } from './clnt.ts';
import { csid } from './csid.ts';
import { comb } from './comb.ts';
import type { CommandRecord, CommandTable } from './define-command.ts';
import { dele } from './dele.ts';
import { eprt } from './eprt.ts';
import { epsv } from './epsv.ts';
import { feat } from './feat.ts';
import { hash } from './hash.ts';
import { help } from './help.ts';
import { host } from './host.ts';
import { lang } from './lang.ts';
import { list, mlsd, nlst } from './list.ts';
import { mdtm } from './mdtm.ts';
import { mff } from './mff.ts';
import { mfct, mfmt } from './mfmt.ts';
import { mkd } from './mkd.ts';
import { mlst } from './mlst.ts';
import { mode } from './mode.ts';
import { noop } from './noop.ts';
import { missingVerbs } from './not-implemented.ts';
import { opts } from './opts.ts';
import { pass } from './pass.ts';
import { pasv } from './pasv.ts';
import { pbsz } from './pbsz.ts';
import { port } from './port.ts';
import { prot } from './prot.ts';
import { pwd } from './pwd.ts';
import { quit } from './quit.ts';
import { rein } from './rein.ts';
import { rnfr, rnto } from './rename.ts';
import { rest } from './rest.ts';
import { retr } from './retr.ts';
import { rmd } from './rmd.ts';
import { site } from './site.ts';
import { size } from './size.ts';
import { smnt } from './smnt.ts';
import { stat } from './stat.ts';
import { appe, stor, stou } from './stor.ts';
import { stru } from './stru.ts';
import { syst } from './syst.ts';
import { type } from './type.ts';
import { user } from './user.ts';
import { xDigests } from './x-digests.ts';

const records: readonly CommandRecord[] = [
  ...[user, pass, acct, rein, quit, host, auth, pbsz, prot, ccc],
  ...[pwd, cwd, cdup, smnt, mkd, rmd, dele, rnfr, rnto],
  ...[type, stru, mode, epsv, pasv, eprt, port],
  ...[allo, rest, retr, stor, stou, appe, abor, list, nlst, mlsd, mlst, stat, size, mdtm, mfmt],
  ...[mfct, mff, avbl, comb, hash],
  ...xDigests,
  ...[feat, opts, help, syst, noop, lang, clnt, csid, site],
];

const byVerb = new Map(records.flatMap((record) => record.verbs.map((verb) => [verb, record] as const)));

const notImplemented = new Set(missingVerbs.flatMap(({ verbs }) => verbs));

/** Whether FTP has this verb, in upper case: what else clients send is theirs, and no name of ours. */
export function isVerb(verb: string): boolean {
  return commandTable.knows(verb);
}

/** The commands of this server. */
export const commandTable: CommandTable = {
  all: records,
  find: (verb) => byVerb.get(verb),
  knows: (verb) => byVerb.has(verb) || notImplemented.has(verb),
};
