#!/usr/bin/env node
// The launcher: plain JavaScript that any Node can read, so that an old one gets a sentence and not a syntax error.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldest = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < oldest) {
  process.stderr.write(
    `twinline needs Node ${oldest} or newer, and this is Node ${process.versions.node}. ` +
      `Install a newer Node, or put one beside twinline with: npm install node@${oldest}\n`,
  );
  process.exitCode = 69;
} else {
  // A checkout runs its sources directly; the published package holds only dist.
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const isCheckout = existsSync(source);
  // Measured: taking the types out of the sources costs 0.1 s a start, and compiling dist a tenth of it; kept, nearly nothing.
  const cache = isCheckout ? fileURLToPath(new URL('../.cache/compile', import.meta.url)) : userCache();
  if (cache !== undefined) module.enableCompileCache(cache);
  const entry = isCheckout ? source : new URL('../dist/cli/main.js', import.meta.url);
  await import(entry.href);
}

/** A folder that nobody else can put code into: below the cache folder of this user; undefined where that is somebody else's. */
function userCache() {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  const [base, ...below] = isAbsolute(given) ? [given] : [homedir(), '.cache'];
  const folder = join(base, ...below, 'twinline', 'compile');
  try {
    // Root that has kept the home of a user must not run what that user has written there.
    if (process.getuid !== undefined && statSync(base).uid !== process.getuid()) return undefined;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch {
    return undefined;
  }
}
