/** A value that React components read and anything may set. */

export class Store<T extends object> {
  #value: T;
  #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): T => this.#value;

  /** Sets some of its fields; nobody is told where all of them are as before. */
  set(change: Partial<T>): void {
    const next = { ...this.#value, ...change };
    const same = (Object.keys(change) as (keyof T)[]).every(
      (name) => next[name] === this.#value[name],
    );
    if (same) return;
    this.#value = next;
    for (const listener of [...this.#listeners]) listener();
  }
}
