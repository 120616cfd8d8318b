import type { Status } from '../transport/call.ts';

export type Attributes = Readonly<Record<string, string | number>>;

/** A part of a trace that is under way. Where nothing is traced there is none. */
export interface Span {
  /** The W3C trace context, for whoever goes on with the trace. */
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  /** Whether anybody will see it. */
  readonly sampled: boolean;
  /** `client`: somebody else does the work, such as the user function or the store. */
  child(name: string, kind: 'internal' | 'client', attributes?: Attributes): Span;
  /** Only the first call counts. Without a status, or with OK, it went well. */
  end(status?: Status): void;
}
