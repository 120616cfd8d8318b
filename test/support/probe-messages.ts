import type { Order } from './model-function.ts';
import { probeRoot } from './probe.ts';

const root = probeRoot();
const Ask = root.lookupType('stategate.test.Ask');
const Answer = root.lookupType('stategate.test.Answer');

/** Bytes with the name of their type, to be sent. */
export interface ProbeAny {
  readonly typeUrl: string;
  readonly value: Buffer;
}

/** The payload of a command that tells the model user function what to do. */
export function ask(id: string, order: Order): ProbeAny {
  return { typeUrl: 'type.googleapis.com/stategate.test.Ask', value: encodeAsk(id, JSON.stringify(order)) };
}

export function encodeAsk(id: string, text: string): Buffer {
  return Buffer.from(Ask.encode({ id, text }).finish());
}

/** An order comes as JSON; any other text is an order to say `ok`. */
export function orderOf(payload: Uint8Array): Order {
  const { text } = Ask.toObject(Ask.decode(payload), { defaults: true }) as { text: string };
  return text.startsWith('{') ? (JSON.parse(text) as Order) : {};
}

export function answer(text: string): ProbeAny {
  return { typeUrl: 'type.googleapis.com/stategate.test.Answer', value: Buffer.from(Answer.encode({ text }).finish()) };
}

/** What entities store: opaque to the proxy, so no type of the descriptors. */
export function kept(text: string): ProbeAny {
  return { typeUrl: 'example.test/any name/Kept', value: Buffer.from(`\u0000\u00ff ${text}`) };
}

/** As a `Recorder` shows it. */
export function seen({ typeUrl, value }: ProbeAny): { type_url: string; value: string } {
  return { type_url: typeUrl, value: value.toString('base64') };
}
