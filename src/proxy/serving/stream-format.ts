import type { Metadata, Status } from '../transport/call.ts';
import { accepts, statusJson } from './http-answers.ts';

/** How the replies of a streamed method become one body. */
export interface StreamFormat {
  readonly contentType: string;
  readonly headers: Metadata;
  /** One reply, as JSON. */
  item(json: string): string;
  /** The last of a stream that failed in its middle. After it the response ends well: clients drop what they have when it is cut. */
  failure(status: Status): string;
}

const EVENTS: StreamFormat = {
  contentType: 'text/event-stream',
  headers: [['cache-control', 'no-cache']],
  item: (json) => `data: ${json}\n\n`,
  failure: (status) => `event: error\ndata: ${statusJson(status)}\n\n`,
};

const LINES: StreamFormat = {
  contentType: 'application/json',
  headers: [],
  item: (json) => `${json}\n`,
  failure: (status) => `{"error":${statusJson(status)}}\n`,
};

const NAMED_LINES: StreamFormat = { ...LINES, contentType: 'application/x-ndjson' };

/** Server-sent events or lines of JSON, whichever the client asks for; lines when it does not say. */
export function streamFormat(headers: Metadata): StreamFormat {
  if (accepts(headers, EVENTS.contentType)) return EVENTS;
  return accepts(headers, NAMED_LINES.contentType) ? NAMED_LINES : LINES;
}
