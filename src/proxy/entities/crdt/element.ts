import type { AnyPayload } from '../outcome.ts';

/** An `Any` as text, one for each pair of type and bytes: elements and keys are compared byte for byte. */
export type Element = string;

const EMPTY = new Uint8Array(0);

export function toElement({ typeUrl, value }: AnyPayload): Element {
  const name = typeUrl ?? '';
  const { buffer, byteOffset, byteLength } = value ?? EMPTY;
  return `${name.length}:${name}${Buffer.from(buffer, byteOffset, byteLength).toString('latin1')}`;
}

export function fromElement(element: Element): AnyPayload {
  const colon = element.indexOf(':');
  const bytesAt = colon + 1 + Number(element.slice(0, colon));
  return { typeUrl: element.slice(colon + 1, bytesAt), value: Buffer.from(element.slice(bytesAt), 'latin1') };
}

/** In an order that depends on nothing but the elements. */
export function toSortedPayloads(elements: Iterable<Element>): AnyPayload[] {
  return [...elements].toSorted().map(fromElement);
}
