/** The words behind SITE. A new one is a record in this folder and a line here. */

import { chmod } from './chmod.ts';
import type { SiteRecord } from './define-site-command.ts';
import { mkdir, rmdir } from './folders.ts';
import { quota } from './quota.ts';
import { copy, symlink } from './two-names.ts';
import { utime } from './utime.ts';

export const siteRecords: readonly SiteRecord[] = [chmod, copy, mkdir, quota, rmdir, symlink, utime];
