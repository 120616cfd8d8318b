import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';

const DIRECTORY = join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'protos' : '../protos');
const require = createRequire(import.meta.url);

/** The .proto files of the services that a user function has to serve to be judged, or to judge a proxy with. */
export const MODEL_PROTOS: readonly string[] = readdirSync(DIRECTORY).map((name) => join(DIRECTORY, name));

/** All types that the kit speaks with: the protocol's, reflection's and those of the model. */
export function loadSchema(): protobuf.Root {
  const protocol = dirname(require.resolve('@stategate/protocol/package.json'));
  const google = dirname(require.resolve('protobufjs/package.json'));
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    target.startsWith('/') ? target : join(target.startsWith('google/protobuf/') ? google : protocol, target);
  const wire = ['entity', 'action', 'event_sourced', 'value_entity', 'crdt'].map((name) => `cloudstate/${name}.proto`);
  root.loadSync([...MODEL_PROTOS, ...wire, 'grpc/reflection/v1alpha/reflection.proto']);
  root.resolveAll();
  return root;
}
