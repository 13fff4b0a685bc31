/** Changes of files and folders beside transfers, made and refused. */

import { fileOperations } from '../../server/index.ts';
import { defineMetrics } from './define-metrics.ts';

export const changes = defineMetrics(({ library, registers }) => {
  const total = new library.Counter({
    name: 'twinline_file_operations_total',
    help: 'Deletes, renames, new folders and other changes, by operation, verdict and cause.',
    labelNames: ['operation', 'verdict', 'cause'],
    registers,
  });
  for (const operation of fileOperations) total.inc({ operation, verdict: 'done', cause: 'done' }, 0);
  return {
    'file-operation': ({ change: { operation, verdict, cause } }) => total.inc({ operation, verdict, cause }),
  };
});
