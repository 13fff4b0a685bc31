/** Server cases about FEAT, OPTS, HOST, UTF-8 and lists (group M). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { featBeforeLogin, featForm } from './rfc2389/feat.ts';
import { optsUnknown, optsUtf8 } from './rfc2389/opts.ts';
import { oddNames, utf8Names } from './rfc2640/names.ts';
import { mlsdLines, mlstForm } from './rfc3659/machine-lists.ts';
import { hostBehindLogin, hostForms } from './rfc7151/host.ts';
import { listEmptyFolder, listWithFlags } from './rfc959/list-forms.ts';
import { verbForms } from './rfc959/verb-forms.ts';

export const featuresCases: readonly ServerCase[] = [
  featForm,
  featBeforeLogin,
  optsUnknown,
  optsUtf8,
  utf8Names,
  oddNames,
  hostBehindLogin,
  hostForms,
  mlsdLines,
  mlstForm,
  listEmptyFolder,
  listWithFlags,
  verbForms,
];
