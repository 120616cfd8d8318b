import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createFileRegistry, type DescFile, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { grpc } from '@stategate/protocol';
import type { ServiceModel } from '../protocol/service-model.ts';
import { type AcceptCall, type Call, type CallHandlers, Code, OK } from '../transport/call.ts';
import { errorText } from './bad-request.ts';
import { indexSymbols, type SymbolIndex } from './symbol-index.ts';

type Answer = grpc.reflection.v1.ServerReflectionResponse.$Properties;
type Question = grpc.reflection.v1.ServerReflectionRequest;

// Both versions have the same messages.
const { ServerReflectionRequest, ServerReflectionResponse } = grpc.reflection.v1;
const SERVICES = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];

/** Server reflection, both versions, by path. What is not found is answered by a file response without files (protocol-spec §8.9). */
export function reflectionCalls(model: Pick<ServiceModel, 'services' | 'files'>): ReadonlyMap<string, AcceptCall> {
  const answer = createAnswers(model);
  return new Map(
    SERVICES.map((service) => [
      `/${service}/ServerReflectionInfo`,
      (call) =>
        handleStream(call, (question) => ({
          validHost: question.host,
          originalRequest: question,
          ...answer(question, service),
        })),
    ]),
  );
}

function createAnswers({
  services,
  files,
}: Pick<ServiceModel, 'services' | 'files'>): (question: Question, ownName: string) => Answer {
  let index: SymbolIndex | undefined;
  const names = [...services.keys()].toSorted();
  const serialized = new Map<DescFile, Uint8Array>();
  const bytesOf = (file: DescFile): Uint8Array => {
    const bytes = serialized.get(file) ?? toBinary(FileDescriptorProtoSchema, file.proto);
    serialized.set(file, bytes);
    return bytes;
  };
  const fileAnswer = (file: DescFile | undefined): Answer => ({
    fileDescriptorResponse: { fileDescriptorProto: file === undefined ? [] : [bytesOf(file)] },
  });
  return (question, ownName) => {
    // Made when it is first asked for: most proxies never are.
    index ??= indexSymbols([...ownFiles(), ...files.values()]);
    const { fileByName, fileBySymbol, fileByExtension } = index;
    switch (question.messageRequest) {
      case 'listServices':
        return { listServicesResponse: { service: [ownName, ...names].map((name) => ({ name })) } };
      case 'fileByFilename':
        return fileAnswer(fileByName.get(question.fileByFilename ?? ''));
      case 'fileContainingSymbol':
        return fileAnswer(fileBySymbol.get(question.fileContainingSymbol ?? ''));
      case 'fileContainingExtension': {
        const { containingType, extensionNumber } = question.fileContainingExtension ?? {};
        return fileAnswer(fileByExtension.get(containingType ?? '')?.get(extensionNumber ?? 0));
      }
      case 'allExtensionNumbersOfType': {
        const baseTypeName = question.allExtensionNumbersOfType ?? '';
        if (!fileBySymbol.has(baseTypeName)) return fileAnswer(undefined);
        const numbers = [...(fileByExtension.get(baseTypeName)?.keys() ?? [])];
        return { allExtensionNumbersResponse: { baseTypeName, extensionNumber: numbers.toSorted((a, b) => a - b) } };
      }
      case undefined:
        return {
          errorResponse: { errorCode: Code.INVALID_ARGUMENT, errorMessage: 'the reflection request asks for nothing' },
        };
      default:
        return question.messageRequest satisfies never;
    }
  };
}

/** What declares the services that every proxy has: reflection and health. */
function ownFiles(): readonly DescFile[] {
  const path = fileURLToPath(import.meta.resolve('@stategate/protocol/descriptors.binpb'));
  const { files } = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(path)));
  return [...files].filter(({ proto }) => proto.package.startsWith('grpc.'));
}

/** One answer for each question, not faster than the caller reads them. */
function handleStream(call: Call, answer: (question: Question) => Answer): CallHandlers {
  return {
    onHeaders: () => undefined,
    onMessage(bytes) {
      let question;
      try {
        question = ServerReflectionRequest.decode(bytes);
      } catch (error) {
        call.end({
          code: Code.INVALID_ARGUMENT,
          message: `the reflection request cannot be read: ${errorText(error)}`,
        });
        return;
      }
      const isRoom = call.send(ServerReflectionResponse.encode(answer(question)).finish());
      if (!isRoom) call.pause();
    },
    onHalfClose: () => call.end(OK),
    onEnd: () => undefined,
    onDrain: () => call.resume(),
  };
}
