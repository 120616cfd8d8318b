import protobuf from 'protobufjs';
import type { IDescriptorProto, IEnumDescriptorProto, IServiceDescriptorProto } from 'protobufjs/ext/descriptor.js';

/** One `google.protobuf.SourceCodeInfo.Location`. */
interface Location {
  /** By the field numbers of `descriptor.proto`, each of a repeated field and followed by an index. */
  readonly path: readonly number[];
  readonly span: readonly number[];
  readonly leadingComments: string;
}

interface Declarations {
  readonly messageType: readonly IDescriptorProto[];
  readonly enumType: readonly IEnumDescriptorProto[];
  readonly service: readonly IServiceDescriptorProto[];
}

const [FILE_MESSAGE, FILE_ENUM, FILE_SERVICE] = [4, 5, 6];
const [MESSAGE_FIELD, MESSAGE_NESTED, MESSAGE_ENUM] = [2, 3, 4];
const SERVICE_METHOD = 2;
/** Readers refuse a location without one, and the parser does not say where a comment stands. */
const NOWHERE = [0, 0, 0];

/** The comments above services, methods, messages, fields and enums; where none is above, that at the end of the line. */
export function describeComments(file: Declarations, declaring: protobuf.NamespaceBase): readonly Location[] {
  const locations: Location[] = [];
  const add = (path: readonly number[], source: protobuf.ReflectionObject | null | undefined): void => {
    const lines = source?.comment?.split('\n') ?? [];
    const leadingComments = lines.map((line) => ` ${line}\n`).join('');
    if (leadingComments !== '') locations.push({ path, span: NOWHERE, leadingComments });
  };
  const addMessage = (path: readonly number[], message: IDescriptorProto, source: protobuf.ReflectionObject | null) => {
    // The entries of maps are declared by nobody.
    if (!(source instanceof protobuf.Type)) return;
    add(path, source);
    const { field = [], nestedType = [], enumType = [] } = message;
    for (const [i, { name = '' }] of field.entries()) add([...path, MESSAGE_FIELD, i], source.fields[name]);
    for (const [i, nested] of nestedType.entries())
      addMessage([...path, MESSAGE_NESTED, i], nested, source.get(nested.name ?? ''));
    for (const [i, { name = '' }] of enumType.entries()) add([...path, MESSAGE_ENUM, i], source.get(name));
  };
  for (const [i, message] of file.messageType.entries())
    addMessage([FILE_MESSAGE, i], message, declaring.get(message.name ?? ''));
  for (const [i, { name = '' }] of file.enumType.entries()) add([FILE_ENUM, i], declaring.get(name));
  for (const [i, { name = '', method = [] }] of file.service.entries()) {
    const source = declaring.get(name);
    add([FILE_SERVICE, i], source);
    if (!(source instanceof protobuf.Service)) continue;
    for (const [j, one] of method.entries()) add([FILE_SERVICE, i, SERVICE_METHOD, j], source.methods[one.name ?? '']);
  }
  return locations;
}
