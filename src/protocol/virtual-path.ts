/** Arithmetic on virtual paths: absolute, `/` between names, no `.`, no `..`, no slash at the end but the root's own. */

/**
 * The virtual path that `argument` names when `base` is the working directory. `..` above the root stays at the root;
 * empty names and `.` vanish. An empty argument gives `base`.
 */
export function resolvePath(base: string, argument: string): string {
  const names: string[] = [];
  const path = argument.startsWith('/') ? argument : `${base}/${argument}`;
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

/** The directory that holds `path`, a normalised virtual path; the root is its own parent. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** The last name of a normalised virtual path; the root's is empty. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path between quotes for a 257 reply, quotes within it doubled (RFC 959 appendix II). */
export function quotePath(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
