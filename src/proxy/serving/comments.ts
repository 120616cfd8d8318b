import type { DescEnum, DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';

type Commented = DescMessage | DescField | DescEnum | DescService | DescMethod;

/** The comments that stand above what a `.proto` file declares, where its descriptor has kept them. */
export class Comments {
  /** By the numbers of the path in the file's descriptor. */
  readonly #files = new Map<DescFile, ReadonlyMap<string, string>>();

  /** Empty when there is none. */
  of(desc: Commented): string {
    const file = fileOf(desc);
    let comments = this.#files.get(file);
    if (comments === undefined) {
      comments = new Map(
        file.proto.sourceCodeInfo?.location.map(({ path, leadingComments }) => [path.join(), leadingComments]),
      );
      this.#files.set(file, comments);
    }
    return (comments.get(pathOf(desc).join()) ?? '')
      .split('\n')
      .map((line) => line.trim())
      .join('\n')
      .trim();
  }
}

function fileOf(desc: Commented): DescFile {
  return desc.kind === 'field' || desc.kind === 'rpc' ? desc.parent.file : desc.file;
}

/** By the field numbers of `descriptor.proto`, each with the index in that field. */
function pathOf(desc: Commented): readonly number[] {
  switch (desc.kind) {
    case 'message':
      return desc.parent === undefined
        ? [4, desc.file.proto.messageType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), 3, desc.parent.proto.nestedType.indexOf(desc.proto)];
    case 'field':
      return [...pathOf(desc.parent), 2, desc.parent.proto.field.indexOf(desc.proto)];
    case 'enum':
      return desc.parent === undefined
        ? [5, desc.file.proto.enumType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), 4, desc.parent.proto.enumType.indexOf(desc.proto)];
    case 'service':
      return [6, desc.file.proto.service.indexOf(desc.proto)];
    case 'rpc':
      return [...pathOf(desc.parent), 2, desc.parent.proto.method.indexOf(desc.proto)];
    default:
      return desc satisfies never;
  }
}
