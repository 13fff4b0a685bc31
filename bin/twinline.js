#!/usr/bin/env node
// The launcher: plain JavaScript that any Node can read, so that an old one gets a sentence and not a syntax error.
import { existsSync } from 'node:fs';

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
  const entry = existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url);
  await import(entry.href);
}
