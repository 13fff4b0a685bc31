/** `GET /healthz`: the program answers. `GET /readyz`: it takes new sessions. */

import { defineRoute, plainAnswer } from './define-route.ts';

export const health = defineRoute({
  method: 'GET',
  path: '/healthz',
  answer: ({ state }) => plainAnswer(200, state.now),
});

export const readiness = defineRoute({
  method: 'GET',
  path: '/readyz',
  answer: ({ state }) => plainAnswer(state.now === 'ready' ? 200 : 503, state.now),
});
