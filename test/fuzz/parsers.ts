import { deepEqual, ok } from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { isStoreError } from '@stategate/journal-spi';
import { decodePacked, encodePacked } from '@stategate/journal-spi/kit';
import { cloudstate, type google, stategate } from '@stategate/protocol';
import { formatDurationMs, formatSizeBytes, parseDurationMs, parseSizeBytes } from '@stategate/proxy/config';
import fc from 'fast-check';
import { CrdtError } from '../../src/proxy/entities/crdt/crdt.ts';
import { applyDelta, fromState } from '../../src/proxy/entities/crdt/values.ts';
import { crdtCodec } from '../../src/proxy/protocol/crdt-codec.ts';
import { InvalidKey } from '../../src/proxy/routing/entity-key.ts';
import { BadRequest } from '../../src/proxy/serving/bad-request.ts';
import { replyHeaders } from '../../src/proxy/serving/http-answers.ts';
import { httpEndpoints, HttpRuleError } from '../../src/proxy/serving/http-rules.ts';
import { parsePathTemplate } from '../../src/proxy/serving/path-template.ts';
import { RouteTable } from '../../src/proxy/serving/route-table.ts';
import { createTranscoder } from '../../src/proxy/serving/transcoding.ts';
import { Base64Decoder } from '../../src/proxy/transport/base64-decoder.ts';
import { frame, type FramingError, MessageReader } from '../../src/proxy/transport/grpc-framing.ts';
import { encodeGrpcMessage, parseTimeoutMs, toHeaders, toMetadata } from '../../src/proxy/transport/grpc-headers.ts';
import { modelOf } from '../support/proto-model.ts';
import { deltas, TYPES } from '../unit/proxy/entities/crdt-samples.ts';
import {
  bytes,
  cutInto,
  cuts,
  frames,
  FUZZ_PROTO,
  jsonBody,
  message,
  mutated,
  target as pathAndQuery,
  word,
} from './inputs.ts';
import { type Target, target } from './target.ts';

const { CrdtDelta, CrdtStreamOut } = cloudstate.crdt;
const { CrdtState } = stategate.v1;
const MAX_BYTES = 1_000;

const model = modelOf(
  { 'fuzz.proto': FUZZ_PROTO },
  { 'fuzz.Values': { persistenceId: 'values' }, 'fuzz.Acts': 'action' },
);
const { services, registry } = model;
const TRANSCODERS = httpEndpoints(model.methods.values()).map((endpoint) => createTranscoder(endpoint, registry));
const run = found(services.get('fuzz.Values')?.methods.get('Run'));

/** What reads bytes and texts from outside, each by itself: whatever comes in, it says no in its own way or gives something right. */
export const PARSERS: readonly Target[] = [
  target('path template', 3, fc.tuple(templateText(), pathAndQuery), ([template, path]) => {
    const parsed = unlessThrown(HttpRuleError, () => parsePathTemplate(template));
    if (parsed === undefined) return;
    const table = new RouteTable<string>();
    table.add('GET', parsed, 'route');
    const match = table.find('GET', path);
    if (match.found) deepEqual(match.variables.length, parsed.variables.length);
  }),
  target('http rule', 2, fc.tuple(httpRule(), requestParts()), ([rule, parts]) => {
    const endpoints = unlessThrown(HttpRuleError, () => httpEndpoints([{ ...run, httpRule: rule }]));
    for (const endpoint of endpoints ?? []) readRequest(createTranscoder(endpoint, registry), parts);
  }),
  target('http request', 4, fc.tuple(fc.nat(), requestParts()), ([index, parts]) => {
    readRequest(found(TRANSCODERS[index % TRANSCODERS.length]), parts);
  }),
  target('http reply', 2, fc.tuple(fc.nat(), message), ([index, payload]) => {
    // Its callers answer for what is no such message: the user function's fault.
    const reply = unlessThrown(Error, () => found(TRANSCODERS[index % TRANSCODERS.length]).toBody(payload));
    if (reply !== undefined) JSON.parse(String(reply.body));
  }),
  target('entity key', 3, message, (payload) => {
    unlessThrown(InvalidKey, () => found(run.entityKey)(payload));
  }),
  target(
    'base64',
    3,
    fc.tuple(mutated(bytes.map((raw) => Buffer.from(raw.toString('base64')))), cuts),
    ([text, lengths]) => {
      const decode = (pieces: readonly Buffer[]): Buffer | null => {
        const decoder = new Base64Decoder();
        const decoded = pieces.map((piece) => decoder.push(piece));
        return decoded.includes(null) ? null : Buffer.concat(decoded.filter((piece) => piece !== null));
      };
      deepEqual(decode(cutInto(text, lengths)), decode([text]));
    },
  ),
  target('frames', 4, fc.tuple(frames, cuts), ([all, lengths]) => {
    const read = (pieces: readonly Buffer[]): [FramingError | undefined, readonly Buffer[]] => {
      const messages: Buffer[] = [];
      const reader = new MessageReader(MAX_BYTES, (one) => messages.push(Buffer.from(one)));
      for (const piece of pieces) {
        const error = reader.push(piece);
        if (error !== undefined) return [error, messages];
      }
      return [reader.end(), messages];
    };
    const [error, messages] = read([all]);
    deepEqual(read(cutInto(all, lengths)), [error, messages]);
    if (error === undefined) deepEqual(Buffer.concat(messages.map(frame)), all);
  }),
  target('headers', 2, fc.array(fc.tuple(word, word), { maxLength: 4 }), (pairs) => {
    for (const [text] of pairs) {
      const timeoutMs = parseTimeoutMs(text);
      ok(timeoutMs === null || timeoutMs >= 0);
      ok(/^[\x20-\x7e]*$/.test(encodeGrpcMessage(text)));
    }
    const metadata = replyHeaders(toMetadata(pairs.flat()));
    for (const [name, values] of Object.entries(toHeaders(metadata))) {
      const ofName = metadata.filter(([one]) => one === name).map(([, value]) => value);
      deepEqual(
        [values].flat(),
        ofName.map((value) => (typeof value === 'string' ? value : Buffer.from(value).toString('base64'))),
      );
    }
    deepEqual(Object.keys(toHeaders(metadata)).length, new Set(metadata.map(([name]) => name)).size);
  }),
  target('units', 1, fc.oneof(fc.stringMatching(/^ ?\d{1,18} ?[A-Za-z]{0,3}$/), word), (text) => {
    for (const [parse, format] of [
      [parseDurationMs, formatDurationMs],
      [parseSizeBytes, formatSizeBytes],
    ] as const) {
      const value = parse(text);
      if (value !== undefined) deepEqual(parse(format(value)), value);
    }
  }),
  target('packed record', 3, mutated(packed()), (record) => {
    for (const candidate of [record, sealed(record)])
      unlessThrown('IntegrityError', () => decodePacked(candidate, 1, 1, 1));
  }),
  target('CRDT delta', 4, fc.array(mutated(fc.oneof(bytes, delta())), { maxLength: 4 }), (encodings) => {
    let value: ReturnType<typeof applyDelta> | undefined;
    for (const encoded of encodings) {
      const decoded = unlessThrown(Error, () => CrdtDelta.decode(encoded));
      if (decoded === undefined) continue;
      value = unlessThrown(CrdtError, () => applyDelta(value, decoded, 'r', 1)) ?? value;
    }
    if (value === undefined) return;
    const state = (one: typeof value): Uint8Array => CrdtState.encode(one.toState()).finish();
    deepEqual(state(fromState(CrdtState.decode(state(value)))), state(value));
    deepEqual(state(value.merge(value)), state(value));
  }),
  target('CRDT state', 2, mutated(fc.oneof(bytes, delta())), (encoded) => {
    const decoded = unlessThrown(Error, () => CrdtState.decode(encoded));
    if (decoded !== undefined) unlessThrown(CrdtError, () => fromState(decoded));
  }),
  target('CRDT message', 2, mutated(fc.oneof(bytes, streamOut())), (encoded) => {
    // What cannot be read ends the stream; what can has a kind.
    const read = unlessThrown(Error, () => crdtCodec.decode(encoded));
    if (read !== undefined) ok(read.type.length > 0);
  }),
];

type Refusal = abstract new (...args: never[]) => Error;

/** What `work` gives; undefined when it says no as it may. */
function unlessThrown<T>(refusal: Refusal | 'IntegrityError', work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (refusal === 'IntegrityError' ? isStoreError(error) && error.code === refusal : error instanceof refusal)
      return undefined;
    throw error;
  }
}

type RequestParts = Parameters<ReturnType<typeof createTranscoder>['toPayload']>[0];

/** What a request is taken for is a message. */
function readRequest(transcoder: ReturnType<typeof createTranscoder>, parts: RequestParts): void {
  const payload = unlessThrown(BadRequest, () => transcoder.toPayload(parts));
  if (payload !== undefined) fromBinary(run.desc.input, payload);
}

function requestParts(): fc.Arbitrary<RequestParts> {
  return fc.record({
    variables: fc.array(fc.oneof(word, fc.constantFrom('1', '-7', '%41', '%')), { minLength: 3, maxLength: 3 }),
    query: pathAndQuery.map((text) => text.slice(text.indexOf('?') + 1)),
    contentType: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', undefined),
    body: jsonBody,
  });
}

function templateText(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    '/',
    '{',
    '}',
    '*',
    '**',
    '=',
    ':',
    '.',
    'id',
    'inner.text',
    'a',
    'é',
    ' ',
    'constructor',
  );
  return fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);
}

function httpRule(): fc.Arbitrary<google.api.HttpRule.$Properties> {
  const path = fc.oneof(
    templateText(),
    fc.constantFrom('/x/{id}', '/{inner.text=a/**}:v', '/{number}/{big}/{real}'),
    word,
  );
  const body = fc.oneof(fc.constantFrom('', '*', 'inner', 'many', 'data', 'wrapped'), word);
  const rule = fc.record(
    {
      get: path,
      put: path,
      post: path,
      body,
      responseBody: body,
      selector: fc.constantFrom('', 'fuzz.Values.Run', 'x'),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  return fc.tuple(rule, fc.array(rule, { maxLength: 2 })).map(([one, more]) => ({ ...one, additionalBindings: more }));
}

function packed(): fc.Arbitrary<Uint8Array> {
  const event = fc.record(
    { manifest: word, payload: bytes, meta: bytes },
    { requiredKeys: ['manifest', 'payload'], noNullPrototype: true },
  );
  return fc.array(event, { maxLength: 5 }).map(encodePacked);
}

/** With a checksum that fits. */
function sealed(record: Buffer): Buffer {
  if (record.length < 4) return record;
  const whole = Buffer.from(record);
  whole.writeUInt32LE(crc32(whole.subarray(0, -4)), whole.length - 4);
  return whole;
}

function delta(): fc.Arbitrary<Uint8Array> {
  return fc
    .constantFrom(...TYPES)
    .chain((type) => deltas(type))
    .map((one) => CrdtDelta.encode(one).finish());
}

function streamOut(): fc.Arbitrary<Uint8Array> {
  return fc
    .constantFrom(...TYPES)
    .chain((type) => deltas(type))
    .map((update) => CrdtStreamOut.encode({ reply: { commandId: 1, stateAction: { update } } }).finish());
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('fuzz.proto does not have it');
  return value;
}
