import type { DescField, DescMethod, Message } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { cloudstate, google } from '@stategate/protocol';

const ENTITY_KEY = 1080;
const LEGACY_ENTITY_KEY = 50002;
const EVENTING = 1081;
const HTTP = 72295728;

/** Whether the field is marked as (part of) the entity key, by either number of the option (protocol-spec §1.2). */
export function isEntityKey(field: DescField): boolean {
  const { options } = field.proto;
  return [ENTITY_KEY, LEGACY_ENTITY_KEY].some((number) => {
    const data = rawOption(options, number).at(-1);
    return data !== undefined && new BinaryReader(data).bool();
  });
}

export function httpRule(method: DescMethod): google.api.HttpRule.$Properties | undefined {
  const data = messageOption(method, HTTP);
  return data && google.api.HttpRule.decode(data);
}

export function eventing(method: DescMethod): cloudstate.Eventing.$Properties | undefined {
  const data = messageOption(method, EVENTING);
  return data && cloudstate.Eventing.decode(data);
}

/** An option given in pieces is one message: the pieces merge by standing one after the other. */
function messageOption(method: DescMethod, number: number): Uint8Array | undefined {
  const pieces = rawOption(method.proto.options, number).map((data) => new BinaryReader(data).bytes());
  return pieces.length === 0 ? undefined : Buffer.concat(pieces);
}

/** Nobody here has compiled the user function's options: they arrive as unknown fields. */
function rawOption(options: Message | undefined, number: number): Uint8Array[] {
  return (options?.$unknown ?? []).filter((field) => field.no === number).map((field) => field.data);
}
