/** HASH: the digest of a file by the algorithm that OPTS HASH has chosen (draft-bryan-ftpext-hash). */

import { hashAlgorithms, parseHashAlgorithm } from '../hashing/algorithms.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { digestOf } from './digest-of.ts';
import { kept, notKept } from './requirement.ts';

export const hash = defineCommand({
  verbs: ['HASH'],
  argument: 'required',
  features: (session) => [
    `HASH ${hashAlgorithms.map((name) => (name === session.choices.hashAlgorithm ? `${name}*` : name)).join(';')}`,
  ],
  help: 'HASH file',
  clause: 'draft-bryan-ftpext-hash-02 section 3',
  requirements: [
    kept(
      'draft-bryan-ftpext-hash section 3',
      'Tells the digest of a file with its algorithm and range; OPTS HASH chooses the algorithm, FEAT marks it.',
    ),
    notKept(
      'draft-bryan-ftpext-hash section 3',
      'Hashes a part of the file that RANG has named.',
      'There is no RANG; XCRC and its like take a range.',
    ),
  ],
  option: {
    name: 'HASH',
    help: `OPTS HASH [${hashAlgorithms.join('|')}]`,
    run: (session, value) => {
      if (value === '') return reply(200, session.choices.hashAlgorithm);
      const algorithm = parseHashAlgorithm(value);
      if (algorithm === undefined) {
        return replies.badSyntax(
          `Unknown algorithm, ${session.choices.hashAlgorithm} stays; known: ${hashAlgorithms.join(' ')}`,
        );
      }
      session.choices.hashAlgorithm = algorithm;
      return reply(200, algorithm);
    },
  },
  run: (session, argument) => {
    const algorithm = session.choices.hashAlgorithm;
    return digestOf(session, { verb: 'HASH', name: argument, algorithm }, ({ hex, start, end }) =>
      // The range as ProFTPD and FileZilla Server write it: the second number is the byte behind the last.
      reply(213, `${algorithm} ${start}-${end} ${hex} ${argument}`),
    );
  },
});
