import type { Attributes, Span } from '../entities/span.ts';
import type { Metadata } from '../transport/call.ts';

export interface Tracer {
  /** Begins the span of a call, within the caller's trace when its metadata says which that is. */
  call(name: string, metadata: Metadata, attributes: Attributes): Span;
  /** Sends what is left, for at most so long. */
  close(timeoutMs: number): Promise<void>;
}

/** The metadata with this span in place of the caller's. */
export function withTraceContext(metadata: Metadata, { traceparent, tracestate }: Span): Metadata {
  const others = metadata.filter(([name]) => name !== 'traceparent' && name !== 'tracestate');
  return [
    ...others,
    ['traceparent', traceparent],
    ...(tracestate === undefined ? [] : [['tracestate', tracestate] as const]),
  ];
}
