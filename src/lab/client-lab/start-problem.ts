/** Why the command of a client cannot be started, and what to do about it. */

const reasons: Readonly<Record<string, (program: string) => string>> = {
  ENOENT: (program) =>
    program.includes('/')
      ? `There is no program ${program}, or the interpreter in its first line is missing.`
      : `There is no program ${program} in the PATH. Install it, or name it with its path.`,
  EACCES: (program) =>
    `${program} may not be executed. Make it executable with chmod +x, or name its interpreter before it.`,
};

/** One or two sentences for an error of `spawn`. */
export function startProblem(program: string, error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const says = error instanceof Error ? error.message : String(error);
  return reasons[code ?? '']?.(program) ?? `${program} cannot be started: ${says}`;
}
