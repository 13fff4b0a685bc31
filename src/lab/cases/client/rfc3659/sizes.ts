/** K04, K05: servers that do not tell a size. */

import { defineCopingCase } from '../coping-case.ts';
import { withoutSize } from '../served.ts';

const common = {
  area: 'features',
  level: 'engineering',
  clause: 'RFC 3659 section 4',
  task: 'download',
  advice: 'Go on without a size when SIZE is refused: the refusal proves nothing about RETR.',
} as const;

export const sizeRefused = defineCopingCase({
  ...common,
  id: 'rfc3659/4/size-550',
  row: 'K04',
  requirement: '550 as the answer to SIZE does not keep the client from RETR.',
  rogue: () => ({ commands: { SIZE: '550 Not now' } }),
});

export const sizeUnknown = defineCopingCase({
  ...common,
  id: 'rfc3659/4.2/size-502',
  row: 'K05',
  requirement: 'A server without SIZE can be downloaded from.',
  rogue: () => withoutSize({}),
});
