import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { action, type CallContext, Failure, type Metadata, type Running, serve } from '@stategate/user-function';

interface Wanted {
  readonly payload: { readonly body: Buffer } | null;
  readonly responseStatus: { readonly code: number; readonly message: string } | null;
}
interface SimpleRequest extends Wanted {
  readonly responseSize: number;
  readonly fillServerId: boolean;
}
interface StreamingRequest extends Wanted {
  readonly responseParameters: readonly { readonly size: number; readonly intervalUs: number }[];
}
interface Commands {
  EmptyCall: object;
  UnaryCall: SimpleRequest;
  StreamingOutputCall: StreamingRequest;
  StreamingInputCall: AsyncIterable<Wanted>;
  FullDuplexCall: AsyncIterable<StreamingRequest>;
}

/** The service that gRPC's own clients test, as an action. */
export function serveTestService(): Promise<Running> {
  return serve({
    protos: ['grpc/testing/test.proto'],
    includeDirs: [join(import.meta.dirname)],
    port: 0,
    entities: [
      action<Commands>({
        service: 'grpc.testing.TestService',
        commands: {
          EmptyCall: () => ({}),
          UnaryCall(request, context) {
            echoMetadata(context);
            const { responseSize, responseStatus, fillServerId } = request;
            if (responseStatus !== null && responseStatus.code !== 0) context.fail(responseStatus.message);
            return { payload: payload(responseSize), ...(fillServerId ? { serverId: 'the only one' } : {}) };
          },
          StreamingOutputCall: (request) => replies(request),
          async StreamingInputCall(requests) {
            let size = 0;
            for await (const { payload: sent } of requests) size += sent?.body.length ?? 0;
            return { aggregatedPayloadSize: size };
          },
          async *FullDuplexCall(requests, context) {
            echoMetadata(context);
            for await (const request of requests) {
              const { responseStatus } = request;
              if (responseStatus !== null && responseStatus.code !== 0) yield new Failure(responseStatus.message);
              yield* replies(request);
            }
          },
        },
      }),
    ],
  });
}

function echoMetadata(context: CallContext & { readonly metadata: Metadata }): void {
  for (const { name, value } of context.metadata) {
    if (name.startsWith('x-grpc-test-echo-')) context.replyMetadata(name, value);
  }
}

async function* replies({ responseParameters }: StreamingRequest): AsyncGenerator<object> {
  for (const { size, intervalUs } of responseParameters) {
    if (intervalUs > 0) await delay(intervalUs / 1_000);
    yield { payload: payload(size) };
  }
}

function payload(size: number): object {
  return { body: Buffer.alloc(size) };
}
