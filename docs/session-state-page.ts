/** Draws `session-state.md` from the state tables of a session. */

import { initialState, jointRules, type SessionState, stateTables } from '../src/protocol/index.ts';

type TableName = keyof SessionState;

/** What each table is about, in words. */
const subjects: Readonly<Record<TableName, string>> = {
  login: 'Who is logged in (RFC 959 section 5.4). A locked session may not try again.',
  security: 'Whether the control line is under TLS (RFC 4217 section 4).',
  protection: 'What `PBSZ` and `PROT` have agreed for data lines (RFC 2228 section 3, RFC 4217 section 9).',
  data: 'Where the data line stands (RFC 959 section 3.2).',
  pending: 'What a first command of a pair has left for the second: `RNFR` and `RNTO`, `REST` and a transfer.',
  openers: 'Which commands may open a data line (RFC 2428 section 4: `EPSV ALL`).',
};

/** The whole page. */
export function renderSessionState(): string {
  return [
    '# The state of a session',
    '',
    'Made from `src/protocol/state/tables.ts` by `npm run docs`; do not edit.',
    '',
    'Server and client run these same tables. A session is in one state of each table at a time. An event moves every table',
    'that knows it from its present state; a table that knows the event only from other states makes it illegal there, and a',
    'table that does not know the event stays where it is. What one event does to several tables at once stands in the',
    '[joint rules](#joint-rules).',
    '',
    ...(Object.keys(stateTables) as TableName[]).flatMap(tableSection),
    '## Joint rules',
    '',
    'Applied after the tables have moved.',
    '',
    '| Event | Sets | Clause | Why |',
    '|---|---|---|---|',
    ...jointRules.map(
      ({ event, sets, clause, why }) => `| \`${event}\` | ${describeSets(sets)} | ${clause} | ${why} |`,
    ),
    '',
  ].join('\n');
}

function tableSection(table: TableName): readonly string[] {
  return [`## ${table}`, '', subjects[table], '', '```mermaid', 'stateDiagram-v2', ...diagram(table), '```', ''];
}

/** States in the order in which they are met; events with the same ends share an arrow. */
function diagram(table: TableName): readonly string[] {
  const arrows = new Map<string, string[]>();
  const states = new Set<string>([initialState[table]]);
  for (const [event, moves] of Object.entries(stateTables[table])) {
    for (const [from, to] of Object.entries(moves as Readonly<Record<string, string>>)) {
      states.add(from).add(to);
      const arrow = `${stateId(from)} --> ${stateId(to)}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), event]);
    }
  }
  const named = [...states].filter((state) => stateId(state) !== state);
  return [
    ...named.map((state) => `  state "${state}" as ${stateId(state)}`),
    `  [*] --> ${stateId(initialState[table])}`,
    ...[...arrows].map(([arrow, events]) => `  ${arrow}: ${events.join(', ')}`),
  ];
}

/** Mermaid takes no hyphens in the names of states. */
function stateId(state: string): string {
  return state.replaceAll('-', '_');
}

function describeSets(sets: Partial<SessionState>): string {
  return Object.entries(sets)
    .map(([table, state]) => `${table} → ${state}`)
    .join(', ');
}
