#!/usr/bin/env node
// The launcher: plain JavaScript that any Node can read, so that an old one gets a sentence and not a syntax error.
import { existsSync } from 'node:fs';
import module from 'node:module';
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
  // Measured: taking the types out of the sources costs 0.1 s a start, and nothing when the result is kept.
  if (isCheckout) module.enableCompileCache(fileURLToPath(new URL('../.cache/compile', import.meta.url)));
  const entry = isCheckout ? source : new URL('../dist/cli/main.js', import.meta.url);
  await import(entry.href);
}
