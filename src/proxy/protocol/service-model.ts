import type { DescFile, DescMethod, Registry } from '@bufbuild/protobuf';
import type { google } from '@stategate/protocol';

/** Which protocol the user function speaks for a service. */
export type EntityKind = 'crdt' | 'event-sourced' | 'value' | 'action';

/** What a user function declared, validated: made by discovery, read by everything that serves or routes. */
export interface ServiceModel {
  /** What the user function says of itself; empty texts when it says nothing. */
  readonly about: { readonly name: string; readonly version: string };
  /** By full name. Only what is served. */
  readonly services: ReadonlyMap<string, EntityService>;
  /** Of all services, by path. */
  readonly methods: ReadonlyMap<string, ServiceMethod>;
  /** Every type of the descriptor set, for JSON. */
  readonly registry: Registry;
  /** Every file of the descriptor set by name, each after the files it imports. */
  readonly files: ReadonlyMap<string, DescFile>;
}

export interface EntityService {
  readonly name: string;
  readonly kind: EntityKind;
  /** Empty for actions. */
  readonly persistenceId: string;
  /** As declared by the user function; absent = the proxy's default. */
  readonly passivationTimeoutMs?: number;
  /** By short name. */
  readonly methods: ReadonlyMap<string, ServiceMethod>;
}

export interface ServiceMethod {
  readonly service: EntityService;
  /** Short name, as in `Command.name`. */
  readonly name: string;
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly desc: DescMethod;
  /** Any number of messages comes in. */
  readonly streamedIn: boolean;
  /** Any number of replies goes out. */
  readonly streamedOut: boolean;
  /** `type.googleapis.com/<input type>`: the type of every command's payload. */
  readonly inputTypeUrl: string;
  readonly outputTypeUrl: string;
  /** Reads the entity id from the payload's bytes, without decoding it. Throws `InvalidKey`. Absent for actions without a key. */
  readonly entityKey?: (payload: Uint8Array) => string;
  /** The `google.api.http` option, when there is one. */
  readonly httpRule?: google.api.HttpRule.$Properties;
}
