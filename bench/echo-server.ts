import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from '@grpc/grpc-js';
import { METHOD_PATH } from './notes.ts';

// The baseline: the least that a gRPC server on grpc-js can do, without decoding anything. Takes its port as the argument.

const raw = (bytes: Buffer): Buffer => bytes;
const server = new Server();
server.addService(
  {
    add: {
      path: METHOD_PATH,
      requestStream: false,
      responseStream: false,
      requestSerialize: raw,
      requestDeserialize: raw,
      responseSerialize: raw,
      responseDeserialize: raw,
    },
  },
  { add: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => done(null, call.request) },
);
await new Promise<void>((resolve, reject) => {
  server.bindAsync(`127.0.0.1:${process.argv[2]}`, ServerCredentials.createInsecure(), (error) =>
    error === null ? resolve() : reject(error),
  );
});
process.stdout.write('listening\n');
