/** `GET /api/sessions`: who is there and what they do. `DELETE /api/sessions/NUMBER`: ends one. */

import type { LiveSession } from '../../server/index.ts';
import { defineApiRoute, jsonAnswer } from './define-route.ts';

function shown({ session, user, remoteHost, remotePort, startedAt, tls, verb, transfer }: LiveSession) {
  return {
    session,
    user: user ?? null,
    remote: remoteHost,
    remotePort,
    since: new Date(startedAt).toISOString(),
    tls: tls ?? null,
    command: verb,
    transfer: transfer ?? null,
  };
}

export const listSessions = defineApiRoute({
  method: 'GET',
  path: '/api/sessions',
  answer: async (api) => jsonAnswer(200, { sessions: (await api.liveSessions()).map(shown) }),
});

export const endSession = defineApiRoute({
  method: 'DELETE',
  path: '/api/sessions/:number',
  answer: (api, number) =>
    api.endSession(number)
      ? jsonAnswer(200, { ended: number })
      : jsonAnswer(404, { error: `There is no session ${number}.` }),
});
