import { type Element, identity } from './element.ts';
import { type Delta, Node } from './node.ts';

abstract class SetNode<T> extends Node implements Iterable<T> {
  protected readonly element: Element<T>;
  protected elements = new Map<string, T>();
  /** Those that are new here since the last `take`. */
  protected added = new Map<string, T>();

  constructor(element: Element<T>) {
    super();
    this.element = element;
  }

  get size(): number {
    return this.elements.size;
  }

  has(value: T): boolean {
    return this.elements.has(this.key(value));
  }

  add(value: T): void {
    const key = this.key(value);
    if (this.elements.has(key)) return;
    this.elements.set(key, value);
    this.onAdd(key, value);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.elements.values();
  }

  protected abstract onAdd(key: string, value: T): void;

  protected key(value: T): string {
    return identity(this.element.toPayload(value));
  }

  protected payloads(values: Iterable<T>) {
    return [...values].map((value) => this.element.toPayload(value));
  }
}

/** A set that only grows. */
export class GSet<T> extends SetNode<T> {
  readonly empty: Delta = { gset: { added: [] } };

  protected onAdd(key: string, value: T): void {
    this.added.set(key, value);
  }

  apply(delta: Delta): void {
    for (const payload of this.of(delta, 'gset').added ?? [])
      this.elements.set(identity(payload), this.element.fromPayload(payload));
  }

  take(): Delta | undefined {
    const added = this.payloads(this.added.values());
    this.added.clear();
    return added.length === 0 ? undefined : { gset: { added } };
  }

  undo(): void {
    for (const key of this.added.keys()) this.elements.delete(key);
    this.added.clear();
  }
}

/** A set from which elements can be removed: one that is added elsewhere at the same time stays. */
export class ORSet<T> extends SetNode<T> {
  readonly empty: Delta = { orset: { added: [] } };
  #removed = new Map<string, T>();
  /** What was there when it was cleared. */
  #cleared: Map<string, T> | undefined;

  delete(value: T): void {
    const key = this.key(value);
    if (!this.elements.delete(key)) return;
    // Of one that is new here nobody else has heard.
    if (!this.added.delete(key)) this.#removed.set(key, value);
  }

  clear(): void {
    if (this.elements.size === 0) return;
    this.#cleared ??= this.#before();
    this.elements = new Map();
    this.added.clear();
    this.#removed.clear();
  }

  protected onAdd(key: string, value: T): void {
    if (!this.#removed.delete(key)) this.added.set(key, value);
  }

  apply(delta: Delta): void {
    const { cleared, removed, added } = this.of(delta, 'orset');
    if (cleared === true) this.elements.clear();
    for (const payload of removed ?? []) this.elements.delete(identity(payload));
    for (const payload of added ?? []) this.elements.set(identity(payload), this.element.fromPayload(payload));
  }

  take(): Delta | undefined {
    const cleared = this.#cleared !== undefined;
    const removed = this.payloads(this.#removed.values());
    const added = this.payloads(this.added.values());
    this.#forget();
    return cleared || removed.length + added.length > 0 ? { orset: { cleared, removed, added } } : undefined;
  }

  undo(): void {
    this.elements = this.#cleared ?? this.#before();
    this.#forget();
  }

  #before(): Map<string, T> {
    const kept = [...this.elements].filter(([key]) => !this.added.has(key));
    return new Map([...kept, ...this.#removed]);
  }

  #forget(): void {
    this.added.clear();
    this.#removed.clear();
    this.#cleared = undefined;
  }
}
