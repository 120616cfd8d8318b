import { decode, encode } from '../messages.ts';
import { findMessage } from '../methods.ts';
import type { Schema } from '../schema.ts';
import { GCounter, PNCounter } from './counters.ts';
import { type Element, expect, json, text } from './element.ts';
import type { Node } from './node.ts';
import { ORMap } from './or-map.ts';
import { Flag, LWWRegister, Vote } from './registers.ts';
import { GSet, ORSet } from './sets.ts';

/** Makes the value of an entity, and values in maps. */
export interface Make {
  gCounter(): GCounter;
  pnCounter(): PNCounter;
  gSet<T>(element: Element<T>): GSet<T>;
  orSet<T>(element: Element<T>): ORSet<T>;
  lwwRegister<T>(element: Element<T>, initial: T): LWWRegister<T>;
  flag(): Flag;
  /** `create` makes the value under a key that is new. */
  orMap<K, V extends Node>(keys: Element<K>, create: (key: K) => V): ORMap<K, V>;
  vote(): Vote;
  /** Elements that are texts. */
  readonly text: Element<string>;
  /** Elements that are written as JSON, under a name that must never change. */
  json<T>(name: string): Element<T>;
  /** Elements that are messages. */
  message<T>(name: string): Element<T>;
}

export function maker(schema: Schema, service: string): Make {
  return {
    gCounter: () => new GCounter(),
    pnCounter: () => new PNCounter(),
    gSet: (element) => new GSet(element),
    orSet: (element) => new ORSet(element),
    lwwRegister: (element, initial) => new LWWRegister(element, initial),
    flag: () => new Flag(),
    orMap: (keys, create) => new ORMap(keys, create),
    vote: () => new Vote(),
    text,
    json,
    message<T>(name: string): Element<T> {
      const type = findMessage(schema, name, service);
      const typeUrl = `type.googleapis.com/${type.fullName.slice(1)}`;
      return {
        toPayload: (value) => encode(type, value),
        fromPayload: (payload) => decode(type, expect(payload, typeUrl)) as T,
      };
    },
  };
}
