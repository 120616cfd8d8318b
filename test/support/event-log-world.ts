import { writeFileSync } from 'node:fs';
import type { cloudstate } from '@stategate/protocol';
import type protobuf from 'protobufjs';
import { loadSchema, type Schema } from '../../src/user-function/schema.ts';
import { GrpcClient } from './grpc-client.ts';
import { type ActionAnswer, type EventSourcedStream, ScriptedFunction } from './scripted-function.ts';
import type { StoreName, TestStore } from './stores.ts';
import { tempDir } from './temp-dir.ts';

export const PACKAGE = 'stategate.test.log';
const HAPPENED = `type.googleapis.com/${PACKAGE}.Happened`;

/** Compiles a specification: a source of events, and these services after it. */
function logSchema(services: string): Schema {
  using dir = tempDir();
  const file = dir.file('log.proto');
  writeFileSync(
    file,
    `syntax = "proto3";
package ${PACKAGE};
import "cloudstate/entity_key.proto";
import "cloudstate/eventing.proto";
import "google/protobuf/any.proto";
service Source { rpc Emit(Emission) returns (Done); }
${services}
message Emission { string id = 1 [(cloudstate.entity_key) = true]; repeated string texts = 2; string type_url = 3; }
message Happened { string text = 1; string owner = 2 [(cloudstate.entity_key) = true]; }
message Other { string text = 1; }
message Done {}
`,
  );
  return loadSchema({ protos: [file] });
}

const TYPES = {
  action: 'cloudstate.action.ActionProtocol',
  value: 'cloudstate.valueentity.ValueEntity',
  source: 'cloudstate.eventsourced.EventSourced',
} as const;

/** One event as a consumer got it. */
export interface Delivery {
  readonly consumer: string;
  readonly command: string;
  readonly subject: string;
  readonly text: string;
  readonly typeUrl: string;
  readonly metadata: readonly (readonly [name: string, value: string])[];
}

/** A user function with a source of events and consumers, which keeps what is delivered and answers as it is told. */
export class LogFunction implements AsyncDisposable {
  readonly deliveries: Delivery[] = [];
  readonly root: protobuf.Root;
  /** What a consumer answers; nothing stands for a reply. */
  answer: (delivery: Delivery) => ActionAnswer | Promise<ActionAnswer> | undefined = () => undefined;
  #function: ScriptedFunction | undefined;
  readonly #schema: Schema;
  readonly #kinds: Readonly<Record<string, keyof typeof TYPES>>;

  private constructor(schema: Schema, kinds: Readonly<Record<string, keyof typeof TYPES>>) {
    this.#schema = schema;
    this.root = schema.root;
    this.#kinds = { Source: 'source', ...kinds };
  }

  static async start(services: string, kinds: Readonly<Record<string, keyof typeof TYPES>>): Promise<LogFunction> {
    const started = new LogFunction(logSchema(services), kinds);
    await started.serve();
    return started;
  }

  get port(): number {
    return this.#running().port;
  }

  get reported(): readonly string[] {
    return this.#running().reported;
  }

  kill(): void {
    this.#running().kill();
  }

  /** Also again, on the same port, after `kill`. */
  async serve(): Promise<void> {
    const port = this.#function?.port;
    this.#function = await ScriptedFunction.start(
      {
        spec: {
          proto: this.#schema.descriptorSet,
          serviceInfo: { protocolMajorVersion: 0, protocolMinorVersion: 2 },
          entities: Object.entries(this.#kinds).map(([name, kind]) => ({
            entityType: TYPES[kind],
            serviceName: `${PACKAGE}.${name}`,
            persistenceId: kind === 'action' ? '' : name.toLowerCase(),
          })),
        },
        eventSourced: (stream) => this.#emit(stream),
        action: async (command) => {
          const delivery = this.#delivery(command);
          this.deliveries.push(delivery);
          return (await this.answer(delivery)) ?? this.#done();
        },
        actionStream: (stream) => {
          const commands: cloudstate.action.ActionCommand[] = [];
          stream.onMessage((command) => void commands.push(command));
          stream.raw.on('end', () => {
            // The name is in the first, the event in the last.
            const [head, event = head] = commands;
            if (head === undefined || event === undefined) return;
            const { serviceName, name } = head;
            const { payload = null, metadata = null } = event;
            this.deliveries.push(this.#delivery({ serviceName, name, payload, metadata }));
            stream.send(this.#done());
            stream.raw.end();
          });
        },
        value: (stream) =>
          stream.onMessage(({ command }) => {
            if (command == null) return;
            const text = this.#textOf(command.payload ?? {});
            const { name, payload, entityId, id } = command as Required<cloudstate.Command>;
            const typeUrl = payload?.typeUrl ?? '';
            this.deliveries.push({ consumer: 'value', command: name, subject: entityId, text, typeUrl, metadata: [] });
            stream.send({ reply: { commandId: id, clientAction: this.#done() } });
          }),
      },
      port,
    );
  }

  client(proxyPort: number): GrpcClient {
    return new GrpcClient(proxyPort, this.root, `${PACKAGE}.Source`);
  }

  /** Of one consumer: `entity id:text`, in the order in which they came. */
  got(consumer = 'Consumer', entityId?: string): readonly string[] {
    return this.deliveries
      .filter((one) => one.consumer === consumer && (entityId === undefined || one.subject === entityId))
      .map(({ subject, text }) => `${subject}:${text}`);
  }

  #emit(stream: EventSourcedStream): void {
    stream.onMessage(({ command }) => {
      if (command == null) return;
      const { texts, typeUrl } = this.root
        .lookupType(`${PACKAGE}.Emission`)
        .decode(command.payload?.value ?? new Uint8Array()) as unknown as { texts: string[]; typeUrl: string };
      const happened = this.root.lookupType(`${PACKAGE}.Happened`);
      const events = texts.map((text) => ({
        typeUrl: typeUrl || HAPPENED,
        value: happened.encode({ text, owner: `owner of ${text}` }).finish(),
      }));
      stream.send({ reply: { commandId: command.id ?? 0, clientAction: this.#done(), events } });
    });
    stream.raw.on('end', () => stream.raw.end());
  }

  #delivery({ serviceName, name, payload, metadata }: cloudstate.action.ActionCommand.$Properties): Delivery {
    const entries = (metadata?.entries ?? []).map(({ key, stringValue }) => [key ?? '', stringValue ?? ''] as const);
    return {
      consumer: (serviceName ?? '').slice(PACKAGE.length + 1),
      command: name ?? '',
      subject: entries.find(([key]) => key === 'ce-subject')?.[1] ?? '',
      text: this.#textOf(payload ?? {}),
      typeUrl: payload?.typeUrl ?? '',
      metadata: entries,
    };
  }

  #textOf({ value }: { value?: Uint8Array | null }): string {
    const decoded = this.root.lookupType(`${PACKAGE}.Happened`).decode(value ?? new Uint8Array());
    return (decoded as unknown as { text: string }).text;
  }

  #done() {
    return { reply: { payload: { typeUrl: `type.googleapis.com/${PACKAGE}.Done`, value: new Uint8Array() } } };
  }

  #running(): ScriptedFunction {
    if (this.#function === undefined) throw new Error('it does not run');
    return this.#function;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#function?.[Symbol.asyncDispose]();
  }
}

export const CONSUMER = `service Consumer { rpc On(Happened) returns (Done) { ${from('source')} } }`;
export const ACTION = { Consumer: 'action' } as const;
/** The same behaviour in test time. */
export const QUICK = { 'eventing.retryMin': '20ms', 'eventing.retryMax': '60ms', 'eventing.maxTries': 3 };

export function from(eventLog: string, group?: string): string {
  const consumer = group === undefined ? '' : `consumer_group: "${group}" `;
  return `option (cloudstate.eventing) = { in: { ${consumer}event_log: "${eventLog}" } };`;
}

export const emit = (client: GrpcClient, id: string, ...texts: readonly string[]): Promise<unknown> =>
  client.call('Emit', { id, texts });
export const texts = (count: number, first = 1): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${first + n}`);
export const of = (id: string, ...all: readonly string[]): readonly string[] => all.map((text) => `${id}:${text}`);
export const failing = (isFailing: (delivery: Delivery) => boolean) => (delivery: Delivery) =>
  isFailing(delivery) ? { code: 13, details: 'broken' } : undefined;

/** As in `store:`. */
export function settingOf(name: StoreName, store: TestStore): string {
  if (store.server !== undefined) return store.server.url;
  return name === 'sqlite' ? `sqlite:${(store.config as { path: string }).path}` : name;
}
