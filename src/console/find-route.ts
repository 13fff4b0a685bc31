/** Finds the resource that a request is for, and holds `/api` shut for whoever may not use it. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type AdminApi, type ConsoleFacts, plainAnswer, type Route, type RouteAnswer } from './routes/define-route.ts';
import { routes } from './routes/index.ts';

export type Found =
  | { readonly refusal: RouteAnswer; readonly allow?: string }
  | { readonly answer: () => RouteAnswer | Promise<RouteAnswer> };

/** What to do with a request. */
export function findRoute(facts: ConsoleFacts, request: IncomingMessage): Found {
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  const here = routes.filter((route) => (facts.api !== undefined || route.needs === 'nothing') && matches(route, path));
  if (here.length === 0) {
    const paths = routes.filter(({ needs }) => needs === 'nothing').map((route) => route.path);
    return { refusal: plainAnswer(404, `Nothing is here; there are ${paths.join(', ')}.`) };
  }
  const route = here.find(({ method }) => method === (request.method === 'HEAD' ? 'GET' : request.method));
  if (route === undefined) {
    const allow = here.map(({ method }) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ');
    return { refusal: plainAnswer(405, `Use ${allow}.`), allow };
  }
  if (route.needs === 'nothing') return { answer: () => route.answer(facts) };
  const { api } = facts;
  const refusal = api === undefined ? plainAnswer(404, 'Nothing is here.') : refusalOf(api, request);
  if (refusal !== undefined || api === undefined) return { refusal: refusal ?? plainAnswer(404, 'Nothing is here.') };
  return { answer: () => route.answer(api, Number(path.split('/').at(-1))) };
}

function matches(route: Route, path: string): boolean {
  const prefix = route.path.replace(/:number$/, '');
  if (prefix === route.path) return path === prefix;
  return path.startsWith(prefix) && /^\d{1,15}$/.test(path.slice(prefix.length));
}

/** Who comes from another machine is refused before the token is looked at: it would travel in clear. */
function refusalOf(api: AdminApi, request: IncomingMessage): RouteAnswer | undefined {
  if (!/^(?:::ffff:)?127\.|^::1$/.test(request.socket.remoteAddress ?? '')) {
    return plainAnswer(403, 'This is for programs on the machine of the server only.');
  }
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return isSame(given, api.token)
    ? undefined
    : plainAnswer(401, 'Send the token of the server as Authorization: Bearer.');
}

function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
