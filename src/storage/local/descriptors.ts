/** File system calls as promises on plain descriptors, each counted from its opening to its closing. */

import fs from 'node:fs';

import { encodePathText, isCleanText } from '../../protocol/index.ts';

/** A path for the operating system: text where that is exact, bytes where the name is no UTF-8. */
export type HostPath = string | Buffer;

/** Path text as the operating system takes it. */
export function toHostPath(text: string): HostPath {
  return isCleanText(text) ? text : Buffer.from(encodePathText(text));
}

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;

/**
 * Linux's O_PATH, which Node does not name: a descriptor that only marks a place, opens no device and needs no right
 * to read. The same number on every processor that Node runs on.
 */
const O_PATH = 0o10_000_000;

/** How things are opened here. Nothing blocks on a FIFO and nothing becomes the terminal of the process. */
export const openFlags = {
  /** A place of any type, following a link. Linux only. */
  place: O_PATH,
  folderPlace: O_PATH | O_DIRECTORY,
  folder: O_RDONLY | O_DIRECTORY | O_NONBLOCK,
  /** A folder itself, never through a link in its last name. */
  folderItself: O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW,
  read: O_RDONLY | O_NONBLOCK | O_NOCTTY,
  /** A file itself, never through a link in its last name. */
  readItself: O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW,
  writeItself: O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW,
  create: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
} as const;

/** Opens and closes descriptors of one storage and counts those that are open. */
export class Descriptors {
  #open = 0;
  readonly #releases = new Set<Promise<void>>();

  /** Descriptors that are open by now, those of folders included. */
  get count(): number {
    return this.#open;
  }

  open(path: HostPath, flags: number, mode?: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.open(path, flags, mode, (error, fd) => {
        if (error) return reject(error);
        this.#open += 1;
        resolve(fd);
      });
    });
  }

  /** Resolves when the descriptor is free again, whatever `close` said: after an error it is free, too. */
  async close(fd: number): Promise<void> {
    await closeQuietly(fd);
    this.#open -= 1;
  }

  /**
   * Closes without anybody waiting, so that an answer does not: a trip to the thread pool is a tenth of a millisecond.
   * It no longer counts as open: nothing can keep it so.
   */
  release(fd: number): void {
    this.#open -= 1;
    const released = closeQuietly(fd).finally(() => this.#releases.delete(released));
    this.#releases.add(released);
  }

  /**
   * Closes at once what was opened as a place (O_PATH). Not in the thread pool: there is nothing to be written and nobody to
   * be told, the kernel forgets a mark, and a trip to the pool costs twenty times as much.
   */
  releasePlace(fd: number): void {
    this.#open -= 1;
    try {
      fs.closeSync(fd);
    } catch {
      // Free again all the same, as behind `close`.
    }
  }

  /** Resolves when everything that was given to `release` by now is closed. */
  async released(): Promise<void> {
    await Promise.all(this.#releases);
  }

  /** Reads the names of a folder in steps; `closeDirectory` ends it. Names are bytes in Latin-1, one character each. */
  openDirectory(path: HostPath, bufferSize: number): Promise<fs.Dir> {
    return new Promise((resolve, reject) => {
      fs.opendir(path, { encoding: 'latin1', bufferSize }, (error, directory) => {
        if (error) return reject(error);
        this.#open += 1;
        resolve(directory);
      });
    });
  }

  closeDirectory(directory: fs.Dir): Promise<void> {
    return new Promise((resolve) => {
      directory.close(() => {
        this.#open -= 1;
        resolve();
      });
    });
  }
}

const closeQuietly = (fd: number): Promise<void> => new Promise((resolve) => fs.close(fd, () => resolve()));

type Callback<T> = (error: NodeJS.ErrnoException | null, value: T) => void;
type VoidCallback = (error: NodeJS.ErrnoException | null) => void;

function promised<T>(call: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
}

function done(call: (done: VoidCallback) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

export const fstat = (fd: number): Promise<fs.Stats> => promised((cb) => fs.fstat(fd, cb));
export const lstat = (path: HostPath): Promise<fs.Stats> => promised((cb) => fs.lstat(path, cb));
/** Without a promise, for thousands of calls in a row. */
export const lstatThen = (path: HostPath, then: (error: NodeJS.ErrnoException | null, stats: fs.Stats) => void): void =>
  fs.lstat(path, then);
export const realpath = (path: HostPath): Promise<Buffer> =>
  promised((cb) => fs.realpath.native(path, { encoding: 'buffer' }, cb));
/**
 * Where a descriptor is by the kernel's own account, one Latin-1 character for each byte. Not in the thread pool: it reads
 * no disk and asks no server, but prints what the kernel holds, and a trip to the pool costs ten times as much.
 */
export const placeOf = (fd: number): string => fs.readlinkSync(`/proc/self/fd/${fd}`, { encoding: 'latin1' });
export const access = (path: HostPath, mode: number): Promise<void> => done((cb) => fs.access(path, mode, cb));
export const makeFolder = (path: HostPath, mode: number): Promise<void> => done((cb) => fs.mkdir(path, mode, cb));
export const removeFolder = (path: HostPath): Promise<void> => done((cb) => fs.rmdir(path, cb));
export const unlink = (path: HostPath): Promise<void> => done((cb) => fs.unlink(path, cb));
export const link = (from: HostPath, to: HostPath): Promise<void> => done((cb) => fs.link(from, to, cb));
export const rename = (from: HostPath, to: HostPath): Promise<void> => done((cb) => fs.rename(from, to, cb));
export const truncate = (fd: number, length: number): Promise<void> => done((cb) => fs.ftruncate(fd, length, cb));
export const changeMode = (fd: number, mode: number): Promise<void> => done((cb) => fs.fchmod(fd, mode, cb));
export const changeModeOf = (path: HostPath, mode: number): Promise<void> => done((cb) => fs.chmod(path, mode, cb));
export const makeSymbolicLink = (target: HostPath, path: HostPath): Promise<void> =>
  done((cb) => fs.symlink(target, path, cb));
export const statFileSystem = (path: HostPath): Promise<fs.StatsFs> => promised((cb) => fs.statfs(path, cb));
export const syncData = (fd: number): Promise<void> => done((cb) => fs.fdatasync(fd, cb));
export const syncAll = (fd: number): Promise<void> => done((cb) => fs.fsync(fd, cb));
/** Times as dates, because Node takes a negative number, a time before 1970, for the present. */
export const setTimes = (path: HostPath, accessed: Date, modified: Date): Promise<void> =>
  done((cb) => fs.utimes(path, accessed, modified, cb));
/** Copies by sharing blocks, or fails at once where the file system cannot. */
export const cloneFile = (from: HostPath, to: HostPath): Promise<void> =>
  done((cb) => fs.copyFile(from, to, fs.constants.COPYFILE_FICLONE_FORCE | fs.constants.COPYFILE_EXCL, cb));

/** Bytes read at `position`; 0 at the end of the file. */
export function readAt(fd: number, buffer: Buffer, position: number): Promise<number> {
  return promised((cb) => fs.read(fd, buffer, 0, buffer.length, position, cb));
}

/** Bytes written at `position`, possibly fewer than there are. */
export function writeAt(fd: number, chunks: readonly Buffer[], position: number): Promise<number> {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) {
    return promised((cb) => fs.write(fd, first, 0, first.length, position, cb));
  }
  return promised((cb) => fs.writev(fd, chunks, position, cb));
}

/** The next entry of a folder, or null behind the last. */
export const readEntry = (directory: fs.Dir): Promise<fs.Dirent | null> => promised((cb) => directory.read(cb));
