import {
  type Context,
  createTraceState,
  diag,
  DiagLogLevel,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer as OtelTracer,
} from '@opentelemetry/api';
import type { Attributes, Span } from '../entities/span.ts';
import { Code, type Metadata, type Status } from '../transport/call.ts';
import type { Tracer } from './tracer.ts';

export interface TracingOptions {
  /** The base address of a collector that takes OTLP over HTTP. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly version: string;
  /** Which part of the calls is traced that come without a trace of their own, 0 to 1. */
  readonly ratio: number;
  /** Traces get lost: the collector does not take them, or there are too many. */
  readonly onTrouble: (details: string) => void;
}

const PACKAGES = ['@opentelemetry/sdk-trace', '@opentelemetry/resources', '@opentelemetry/exporter-trace-otlp-proto'];
const ignore = (): void => undefined;
const EXPORT_TIMEOUT_MS = 10_000;
const EXPORT_DELAY_MS = 1_000;

/** Traces that OpenTelemetry samples and exports. Its SDK is loaded here and nowhere else; an error says what to install. */
export async function createTracer(options: TracingOptions): Promise<Tracer> {
  const { endpoint, serviceName, version, ratio, onTrouble } = options;
  // OpenTelemetry has one place for the whole process to complain.
  diag.setLogger(
    { error: onTrouble, warn: onTrouble, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const [sdk, { resourceFromAttributes }, { OTLPTraceExporter }] = await loadSdk();
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: EXPORT_DELAY_MS })],
  });
  const tracer = provider.getTracer('stategate', version);
  return {
    call(name, metadata, attributes) {
      const caller = readTraceContext(metadata);
      const context = caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
      return new TracedSpan(tracer, tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, context));
    },
    async close(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      // A collector that is away keeps nobody from ending.
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

function loadSdk() {
  return Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
  ]).catch((cause: unknown) => {
    throw new Error(`traces.endpoint needs packages that are not installed: npm i ${PACKAGES.join(' ')}`, { cause });
  });
}

class TracedSpan implements Span {
  readonly #tracer: OtelTracer;
  readonly #span: OtelSpan;
  readonly #context: SpanContext;
  #within: Context | undefined;
  #ended = false;

  constructor(tracer: OtelTracer, span: OtelSpan) {
    this.#tracer = tracer;
    this.#span = span;
    this.#context = span.spanContext();
  }

  get traceparent(): string {
    const { traceId, spanId } = this.#context;
    return `00-${traceId}-${spanId}-${this.sampled ? '01' : '00'}`;
  }

  get tracestate(): string | undefined {
    return this.#context.traceState?.serialize() || undefined;
  }

  get sampled(): boolean {
    return (this.#context.traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  child(name: string, kind: 'internal' | 'client', attributes: Attributes = {}): Span {
    // Nobody will see any of them.
    if (!this.sampled) return this;
    this.#within ??= trace.setSpan(ROOT_CONTEXT, this.#span);
    const options = { kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes };
    return new TracedSpan(this.#tracer, this.#tracer.startSpan(name, options, this.#within));
  }

  end(status?: Status): void {
    if (this.#ended || !this.sampled) return;
    this.#ended = true;
    if (status !== undefined && status.code !== Code.OK) {
      this.#span.setAttribute('rpc.grpc.status_code', status.code);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: status.message });
    }
    this.#span.end();
  }
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** The caller's span, if it sent one that can be read (W3C Trace Context). */
function readTraceContext(metadata: Metadata): SpanContext | undefined {
  const read = (wanted: string): string | undefined => {
    const value = metadata.find(([name]) => name === wanted)?.[1];
    return typeof value === 'string' ? value : undefined;
  };
  const [, traceId, spanId, flags] = TRACEPARENT.exec(read('traceparent') ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const tracestate = read('tracestate');
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(context) ? context : undefined;
}
