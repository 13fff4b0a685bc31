/** `GET /metrics`: all numbers in the text format of Prometheus. */

import { defineRoute } from './define-route.ts';

export const metrics = defineRoute({
  method: 'GET',
  path: '/metrics',
  answer: async (facts) => ({ status: 200, contentType: facts.metrics.contentType, body: await facts.metrics.text() }),
});
