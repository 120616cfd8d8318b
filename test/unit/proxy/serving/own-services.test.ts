import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { grpc } from '@stategate/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { acceptGrpc } from '../../../../src/proxy/serving/grpc.ts';
import { healthCalls } from '../../../../src/proxy/serving/health.ts';
import { reflectionCalls } from '../../../../src/proxy/serving/reflection.ts';
import { type Call, Code, type Status } from '../../../../src/proxy/transport/call.ts';
import { GrpcJsConnection } from '../../../../src/proxy/transport/grpc-js-connection.ts';
import { listenHttp } from '../../../../src/proxy/transport/http-server.ts';
import { jsonRouter } from '../../../support/json-router.ts';
import { samples } from './samples.ts';

const { ServerReflectionRequest, ServerReflectionResponse } = grpc.reflection.v1;
const { HealthCheckRequest, HealthCheckResponse, HealthListResponse } = grpc.health.v1;
const { ServingStatus } = HealthCheckResponse;

/** Readiness that a test changes. */
let ready = true;
const listeners = new Set<() => void>();
function setReady(value: boolean): void {
  ready = value;
  for (const listener of listeners) listener();
}

const own = new Map([
  ...reflectionCalls(samples),
  ...healthCalls(samples, {
    isReady: () => ready,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  }),
]);
const server = await listenHttp({
  host: '127.0.0.1',
  port: 0,
  maxMessageBytes: 1 << 20,
  onCall: acceptGrpc({
    model: samples,
    router: jsonRouter(samples, () => ({ reply: { total: 4 } })),
    own,
    countRefused: () => undefined,
  }),
  onHttp: (exchange) => exchange.respond(404, [], ''),
});
const connection = new GrpcJsConnection({ host: server.host, port: server.port, maxMessageBytes: 1 << 20 });
afterAll(async () => {
  connection.close();
  await server.close(100);
});

interface OpenCall {
  readonly call: Call;
  readonly messages: Uint8Array[];
  readonly ended: Promise<Status>;
}

const nothing = (): void => undefined;

/** Opens a call, sends the messages and half-closes. */
function open(path: string, messages: readonly Uint8Array[]): OpenCall {
  const received: Uint8Array[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<Status>();
  const call = connection.open(path, [], {
    onHeaders: nothing,
    onMessage: (bytes) => received.push(new Uint8Array(bytes)),
    onHalfClose: nothing,
    onEnd: resolve,
    onDrain: nothing,
  });
  for (const message of messages) call.send(message);
  call.halfClose();
  return { call, messages: received, ended };
}

async function ask(version: string, ...questions: grpc.reflection.v1.ServerReflectionRequest.$Properties[]) {
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const { messages, ended } = open(
    path,
    questions.map((question) => ServerReflectionRequest.encode(question).finish()),
  );
  expect(await ended).toMatchObject({ code: Code.OK });
  return messages.map((message) => ServerReflectionResponse.decode(message));
}

const SERVICES = ['com.example.shoppingcart.ShoppingCart', 'foreign.tally.Tally', 'sample.types.Types'];

describe('server reflection', () => {
  it.each(['v1', 'v1alpha'])('%s lists itself and the services by name, whatever the argument', async (version) => {
    const answers = await ask(version, { listServices: '', host: 'here' }, { listServices: 'nonsense.blabla.' });
    const names = answers.map(({ listServicesResponse }) => listServicesResponse?.service?.map(({ name }) => name));
    const expected = [`grpc.reflection.${version}.ServerReflection`, ...SERVICES];
    expect(names).toEqual([expected, expected]);
    expect(answers[0]).toMatchObject({ validHost: 'here', originalRequest: { host: 'here', listServices: '' } });
  });

  it.each<[question: grpc.reflection.v1.ServerReflectionRequest.$Properties, file: string | undefined]>([
    [{ fileByFilename: 'shop/cart.proto' }, 'shop/cart.proto'],
    [{ fileByFilename: 'google/protobuf/empty.proto' }, 'google/protobuf/empty.proto'],
    [{ fileByFilename: 'cart.proto' }, undefined],
    [{ fileContainingSymbol: 'grpc.reflection.v1.ServerReflection' }, 'grpc/reflection/v1/reflection.proto'],
    [{ fileContainingSymbol: 'grpc.reflection.v1alpha.ServerReflection' }, 'grpc/reflection/v1alpha/reflection.proto'],
    [{ fileContainingSymbol: 'grpc.health.v1.Health.Check' }, 'grpc/health/v1/health.proto'],
    [{ fileContainingSymbol: 'foreign.tally.Tally' }, 'tally.proto'],
    [{ fileContainingSymbol: 'foreign.tally.Tally.Plus' }, 'tally.proto'],
    [{ fileContainingSymbol: 'foreign.tally.Add' }, 'tally.proto'],
    [{ fileContainingSymbol: 'foreign.tally.Add.amount' }, 'tally.proto'],
    [{ fileContainingSymbol: 'sample.types.Everything.choice' }, 'sample/types.proto'],
    [{ fileContainingSymbol: 'sample.types.Color' }, 'sample/types.proto'],
    [{ fileContainingSymbol: 'sample.types.GREEN' }, 'sample/types.proto'],
    [{ fileContainingSymbol: 'google.api.http' }, 'google/api/annotations.proto'],
    [{ fileContainingSymbol: 'google.protobuf.FieldDescriptorProto.Type' }, 'google/protobuf/descriptor.proto'],
    [{ fileContainingSymbol: 'nonsense.blabla.Void' }, undefined],
    [
      { fileContainingExtension: { containingType: 'google.protobuf.FieldOptions', extensionNumber: 1080 } },
      'cloudstate/entity_key.proto',
    ],
    [{ fileContainingExtension: { containingType: 'google.protobuf.FieldOptions', extensionNumber: 1 } }, undefined],
    [{ allExtensionNumbersOfType: 'no.such.Type' }, undefined],
  ])('answers %j with the file %s', async (question, file) => {
    const [answer] = await ask('v1', question);
    const files = answer?.fileDescriptorResponse?.fileDescriptorProto ?? undefined;
    expect(files?.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name)).toEqual(
      file === undefined ? [] : [file],
    );
  });

  it('hands out files as the user function sent them, options included', async () => {
    const [answer] = await ask('v1', { fileByFilename: 'tally.proto' });
    const bytes = answer?.fileDescriptorResponse?.fileDescriptorProto?.[0] ?? new Uint8Array(0);
    const options = fromBinary(FileDescriptorProtoSchema, bytes).service[0]?.method[0]?.options?.$unknown;
    expect(options?.map(({ no }) => no)).toEqual([72295728]);
  });

  it('knows the extension numbers of a type', async () => {
    const [some, none] = await ask(
      'v1',
      { allExtensionNumbersOfType: 'google.protobuf.MethodOptions' },
      { allExtensionNumbersOfType: 'foreign.tally.Add' },
    );
    expect(some?.allExtensionNumbersResponse).toEqual({
      baseTypeName: 'google.protobuf.MethodOptions',
      extensionNumber: expect.arrayContaining([72295728]),
    });
    expect(none?.allExtensionNumbersResponse).toEqual({ baseTypeName: 'foreign.tally.Add', extensionNumber: [] });
  });

  it('refuses a request without a question, and goes on', async () => {
    const [empty, list] = await ask('v1', {}, { listServices: '*' });
    expect(empty?.errorResponse).toEqual({ errorCode: 3, errorMessage: 'the reflection request asks for nothing' });
    expect(list?.listServicesResponse?.service).toHaveLength(4);
  });

  it('ends a stream of garbage with INVALID_ARGUMENT', async () => {
    const { ended } = open('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', [Buffer.from([0xff])]);
    expect(await ended).toMatchObject({ code: Code.INVALID_ARGUMENT });
  });

  it('answers a hundred questions at once', async () => {
    const answers = await ask(
      'v1',
      ...Array.from({ length: 100 }, () => ({ fileByFilename: 'google/protobuf/descriptor.proto' })),
    );
    expect(answers).toHaveLength(100);
  });

  it('is enough for a foreign client to call a method', async () => {
    const url = `http://${server.host}:${server.port}/foreign.tally.Tally/Get`;
    const { stdout } = await promisify(execFile)(
      'node_modules/.bin/buf',
      ['curl', '--http2-prior-knowledge', '--protocol', 'grpc', '-d', '{"id":"x"}', url],
      {
        timeout: 20_000,
      },
    );
    expect(JSON.parse(stdout)).toEqual({ total: 4 });
  });
});

const statuses = ({ messages }: OpenCall) => messages.map((message) => HealthCheckResponse.decode(message).status);
const check = (service: string): Uint8Array => HealthCheckRequest.encode({ service }).finish();

describe('health', () => {
  it.each(['', ...SERVICES])('of "%s" follows readiness', async (service) => {
    for (const value of [true, false]) {
      setReady(value);
      const { messages, ended } = open('/grpc.health.v1.Health/Check', [check(service)]);
      expect(await ended).toMatchObject({ code: Code.OK });
      expect(messages.map((message) => HealthCheckResponse.decode(message).status)).toEqual([
        value ? ServingStatus.SERVING : ServingStatus.NOT_SERVING,
      ]);
    }
    setReady(true);
  });

  it('of an unknown service is NOT_FOUND', async () => {
    expect(await open('/grpc.health.v1.Health/Check', [check('no.such')]).ended).toEqual({
      code: Code.NOT_FOUND,
      message: 'there is no service "no.such"',
    });
  });

  it('lists every service', async () => {
    const { messages, ended } = open('/grpc.health.v1.Health/List', [Buffer.alloc(0)]);
    expect(await ended).toMatchObject({ code: Code.OK });
    expect(messages.map((message) => Object.keys(HealthListResponse.decode(message).statuses).toSorted())).toEqual([
      ['', ...SERVICES],
    ]);
  });

  it('is watched until the caller goes', async () => {
    const watch = open('/grpc.health.v1.Health/Watch', [check('foreign.tally.Tally')]);
    const unknown = open('/grpc.health.v1.Health/Watch', [check('no.such')]);
    await expect.poll(() => listeners.size).toBe(2);
    setReady(true);
    setReady(false);
    await expect.poll(() => watch.messages.length).toBe(2);
    expect(statuses(watch)).toEqual([ServingStatus.SERVING, ServingStatus.NOT_SERVING]);
    expect(statuses(unknown)).toEqual([ServingStatus.SERVICE_UNKNOWN]);
    watch.call.cancel(Code.CANCELLED);
    unknown.call.cancel(Code.CANCELLED);
    await expect.poll(() => listeners.size).toBe(0);
    setReady(true);
  });

  it.each([
    ['none', []],
    ['more than one', [check(''), check('')]],
    ['garbage', [Buffer.from([0xff])]],
  ])('refuses %s as its message', async (_name, messages) => {
    expect(await open('/grpc.health.v1.Health/Check', messages).ended).toMatchObject({ code: Code.INVALID_ARGUMENT });
  });
});
