import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import protobufjs from 'protobufjs';

/** The part of OTLP that is looked at, by its published numbers. */
const ExportRequest = protobufjs
  .parse(
    `syntax = "proto3";
    message ExportRequest { repeated ResourceSpans resource_spans = 1; }
    message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
    message Resource { repeated KeyValue attributes = 1; }
    message ScopeSpans { repeated Span spans = 2; }
    message Span {
      bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
      string name = 5; int32 kind = 6; fixed64 start = 7; fixed64 end = 8;
      repeated KeyValue attributes = 9; Status status = 15;
    }
    message Status { string message = 2; int32 code = 3; }
    message KeyValue { string key = 1; AnyValue value = 2; }
    message AnyValue { oneof value { string string = 1; bool bool = 2; int64 int = 3; double double = 4; } }`,
  )
  .root.lookupType('ExportRequest');

export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** 2: an error. */
  readonly statusCode: number;
  readonly tookNs: bigint;
}

type Decoded = Readonly<Record<string, unknown>>;

/** A collector that takes OTLP over HTTP, in protobuf, and keeps what it got. */
export class OtlpReceiver implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const isTraces = request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf';
        if (isTraces) this.#keep(Buffer.concat(chunks), request.headers['content-encoding'] === 'gzip');
        response.writeHead(isTraces ? 200 : 400, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  ofTrace(traceId: string): readonly ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(body: Buffer, compressed: boolean): void {
    const request = ExportRequest.toObject(ExportRequest.decode(compressed ? gunzipSync(body) : body), {
      defaults: true,
      arrays: true,
      longs: String,
    });
    for (const { resource, scopeSpans } of request['resourceSpans'] as readonly Decoded[]) {
      const service = attributesOf(resource as Decoded)['service.name'] ?? '';
      for (const { spans } of scopeSpans as readonly Decoded[])
        this.spans.push(...(spans as readonly Decoded[]).map((span) => toSpan(service, span)));
    }
  }
}

function toSpan(service: string, span: Decoded): ReceivedSpan {
  const hex = (name: string): string => Buffer.from(span[name] as Uint8Array).toString('hex');
  return {
    service,
    traceId: hex('traceId'),
    spanId: hex('spanId'),
    parentSpanId: hex('parentSpanId'),
    traceState: String(span['traceState']),
    name: String(span['name']),
    kind: Number(span['kind']),
    attributes: attributesOf(span),
    statusCode: Number((span['status'] as Decoded | null)?.['code'] ?? 0),
    tookNs: BigInt(String(span['end'])) - BigInt(String(span['start'])),
  };
}

function attributesOf({ attributes }: Decoded): Readonly<Record<string, string>> {
  const entries = (attributes as readonly Decoded[]).map(({ key, value }) => {
    const { string, int } = value as Decoded;
    return [String(key), String(string === '' ? int : string)] as const;
  });
  return Object.fromEntries(entries);
}
