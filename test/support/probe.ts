import protobufjs from 'protobufjs';
import { ROOT } from './process.ts';

/** The types of `probe.proto`, for clients. */
export function probeRoot(): protobufjs.Root {
  return loadProto('test/support', 'probe.proto');
}

/** Parses a .proto file that may import Cloudstate's and Google's. */
export function loadProto(directory: string, name: string): protobufjs.Root {
  const root = new protobufjs.Root();
  root.resolvePath = (_origin, target) => {
    if (target === name) return `${ROOT}/${directory}/${name}`;
    return `${ROOT}/${target.startsWith('google/protobuf/') ? 'node_modules/protobufjs' : 'proto'}/${target}`;
  };
  root.loadSync(name, { keepCase: false });
  root.resolveAll();
  return root;
}
