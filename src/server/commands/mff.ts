/** MFF: sets several facts at once (draft-somers-ftp-mfxx section 5). */

import { replies, reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { defineCommand } from './define-command.ts';
import { parseFactsAndPath, setFacts, type SettableFact, settableFacts } from './facts.ts';
import { kept } from './requirement.ts';

function factsOf(session: Session): readonly SettableFact[] {
  return settableFacts.filter((fact) => fact.available(session));
}

export const mff = defineCommand({
  verbs: ['MFF'],
  argument: 'required',
  permission: 'write',
  changes: 'set-facts',
  features: (session) => [
    `MFF ${factsOf(session)
      .map(({ name }) => `${name};`)
      .join('')}`,
  ],
  help: 'MFF fact=value;fact=value;… path',
  clause: 'draft-somers-ftp-mfxx-03 section 5',
  requirements: [
    kept(
      'draft-somers-ftp-mfxx section 5',
      'Sets Modify, UNIX.mode and, where the storage has it, Create; an unknown fact is 504 and nothing is set.',
    ),
  ],
  run: (session, argument) => {
    const asked = parseFactsAndPath(argument);
    if (asked === undefined) return replies.badSyntax(`Syntax: ${mff.help}`);
    const facts = factsOf(session);
    const known = new Set(facts.map(({ name }) => name.toLowerCase()));
    const unknown = [...asked.values.keys()].find((name) => !known.has(name));
    if (unknown !== undefined) {
      return reply(504, `${unknown} cannot be set here; known: ${facts.map(({ name }) => name).join(', ')}`);
    }
    const wanted = [];
    for (const fact of facts) {
      const text = asked.values.get(fact.name.toLowerCase());
      if (text === undefined) continue;
      const value = fact.parse(text);
      if (value === undefined) return replies.badSyntax(`${text} is no value of ${fact.name}`);
      wanted.push({ fact, value });
    }
    return setFacts(session, wanted, asked.path, 'set-facts');
  },
});
