/** Says in words why the system refused a file, a folder or a port. */

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'this process has no right to it',
  EPERM: 'this process has no right to it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ELOOP: 'its symbolic links go round in circles',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'this process has too many open files',
  EIO: 'the disk reports an error',
  EADDRINUSE: 'another program uses it',
  EADDRNOTAVAIL: 'this machine does not have the address',
};

/** The reason as the end of a sentence, without a full stop. */
export function fileProblem(error: unknown): string {
  const code = errorCode(error);
  return reasons[code] ?? (code || (error instanceof Error ? error.message : String(error)));
}

/** The code of a system error, or the empty string. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : '';
}
