/** Apache Commons Net, by a small Java program that is compiled once and does the steps in one session. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTempFolder, type TempFolder } from '../../../../src/testing/index.ts';
import type { InteropClient } from '../interop-client.ts';
import { linesOf, packageVersion, succeed, versionOf } from '../programs.ts';
import { stepLines, visitWords } from './step-lines.ts';

const source = fileURLToPath(new URL('../drivers/CommonsNetSteps.java', import.meta.url));
const jar = '/usr/share/java/commons-net.jar';
let classes: TempFolder | undefined;

export const commonsNet: InteropClient = {
  name: 'Commons Net',
  from: 'libcommons-net-java and default-jdk-headless',
  version: () => {
    if (!existsSync(jar) || versionOf('javac', ['-version'], /javac ([\d.]+)/) === undefined) return undefined;
    return packageVersion('libcommons-net-java');
  },
  modes: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
  cannot: () => undefined,
  cannotSay: {},
  prepare: async () => {
    const folder = await createTempFolder();
    classes = folder;
    await succeed('javac', ['-encoding', 'UTF-8', '-cp', jar, '-d', folder.path, source]);
    return () => folder.remove();
  },
  run: async (visit, steps) => {
    const words = ['-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', `${jar}:${classes?.path}`, 'CommonsNetSteps'];
    return linesOf(await succeed('java', [...words, ...visitWords(visit)], { input: stepLines(steps) }));
  },
};
