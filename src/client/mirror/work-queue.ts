/** What the sessions of a mirror work on: files first, and where there are none the folder found last. */

/** Taken tasks that are still held; dropping each by itself would move all that wait. */
const droppedAtOnce = 4096;

/** Tasks for any number of workers, of which each may add more; it is over when nothing waits and nobody works. */
export class WorkQueue<Task> {
  #files: Task[] = [];
  #nextFile = 0;
  /** Last in, first out: only the folders beside the path to the present one wait. */
  readonly #folders: Task[] = [];
  #working = 0;
  #isStopped = false;
  #waiting: (() => void)[] = [];

  addFile(task: Task): void {
    this.#files.push(task);
    this.#wakeOne();
  }

  addFolder(task: Task): void {
    this.#folders.push(task);
    this.#wakeOne();
  }

  /** Resolves with undefined when everything is done, or stopped. Whoever gets a task calls `done` behind it. */
  async take(): Promise<Task | undefined> {
    for (;;) {
      const task = this.#isStopped ? undefined : (this.#takeFile() ?? this.#folders.pop());
      if (task !== undefined) {
        this.#working += 1;
        return task;
      }
      if (this.#isStopped || this.#working === 0) {
        this.#wakeAll();
        return undefined;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #takeFile(): Task | undefined {
    const task = this.#files[this.#nextFile];
    if (task === undefined) return undefined;
    this.#nextFile += 1;
    if (this.#nextFile === this.#files.length || this.#nextFile >= droppedAtOnce) {
      this.#files = this.#files.slice(this.#nextFile);
      this.#nextFile = 0;
    }
    return task;
  }

  /** Gives a task back that another worker must do. */
  putBack(task: Task): void {
    this.#folders.push(task);
    this.#wakeOne();
  }

  done(): void {
    this.#working -= 1;
    if (this.#working === 0) this.#wakeAll();
  }

  /** No task is given out any more. */
  stop(): void {
    this.#isStopped = true;
    this.#wakeAll();
  }

  #wakeOne(): void {
    this.#waiting.shift()?.();
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
