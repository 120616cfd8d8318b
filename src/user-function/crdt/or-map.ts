import type { Payload } from '../messages.ts';
import { type Element, identity } from './element.ts';
import { type Delta, Node } from './node.ts';

interface Entry<K, V> {
  readonly key: K;
  readonly payload: Payload;
  readonly value: V;
}

type Entries<K, V> = Map<string, Entry<K, V>>;

/** A map of CRDTs: a key that is changed elsewhere while it is removed here stays. */
export class ORMap<K, V extends Node> extends Node implements Iterable<readonly [K, V]> {
  readonly empty: Delta = { ormap: { added: [] } };
  readonly #keys: Element<K>;
  readonly #create: (key: K) => V;
  #entries: Entries<K, V> = new Map();
  /** The entries before the first change of keys since the last `take`. */
  #before: Entries<K, V> | undefined;
  #isCleared = false;

  constructor(keys: Element<K>, create: (key: K) => V) {
    super();
    this.#keys = keys;
    this.#create = create;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(this.#id(key))?.value;
  }

  /** The value under the key, which is added when it is not there. */
  at(key: K): V {
    const id = this.#id(key);
    const found = this.#entries.get(id);
    if (found !== undefined) return found.value;
    this.#remember();
    const entry = { key, payload: this.#keys.toPayload(key), value: this.#create(key) };
    this.#entries.set(id, entry);
    return entry.value;
  }

  delete(key: K): void {
    const id = this.#id(key);
    if (!this.#entries.has(id)) return;
    this.#remember();
    this.#entries.delete(id);
  }

  clear(): void {
    if (this.#entries.size === 0) return;
    this.#remember();
    this.#entries = new Map();
    this.#isCleared = true;
  }

  *[Symbol.iterator](): Iterator<readonly [K, V]> {
    for (const { key, value } of this.#entries.values()) yield [key, value];
  }

  apply(delta: Delta): void {
    const { cleared, removed, updated, added } = this.of(delta, 'ormap');
    if (cleared === true) this.#entries.clear();
    for (const payload of removed ?? []) this.#entries.delete(identity(payload));
    for (const { key, delta: by } of updated ?? []) this.#entries.get(identity(key ?? {}))?.value.apply(by ?? {});
    for (const { key, delta: by } of added ?? []) {
      const payload = { typeUrl: key?.typeUrl ?? '', value: key?.value ?? new Uint8Array(0) };
      const name = this.#keys.fromPayload(payload);
      const value = this.#create(name);
      value.apply(by ?? {});
      this.#entries.set(identity(payload), { key: name, payload, value });
    }
  }

  take(): Delta | undefined {
    const before = this.#before ?? this.#entries;
    const cleared = this.#isCleared;
    const known = (id: string, entry: Entry<K, V>): boolean => !cleared && before.get(id) === entry;
    const removed = cleared
      ? []
      : [...before].filter(([id, entry]) => this.#entries.get(id) !== entry).map(([, { payload }]) => payload);
    const updated = [];
    const added = [];
    for (const [id, entry] of this.#entries) {
      const delta = entry.value.take();
      if (!known(id, entry)) added.push({ key: entry.payload, delta: delta ?? entry.value.empty });
      else if (delta !== undefined) updated.push({ key: entry.payload, delta });
    }
    this.#before = undefined;
    this.#isCleared = false;
    const changed = cleared || removed.length + updated.length + added.length > 0;
    return changed ? { ormap: { cleared, removed, updated, added } } : undefined;
  }

  undo(): void {
    this.#entries = this.#before ?? this.#entries;
    this.#before = undefined;
    this.#isCleared = false;
    for (const { value } of this.#entries.values()) value.undo();
  }

  #remember(): void {
    this.#before ??= new Map(this.#entries);
  }

  #id(key: K): string {
    return identity(this.#keys.toPayload(key));
  }
}
