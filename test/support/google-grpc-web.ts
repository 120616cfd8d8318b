import { createRequire } from 'node:module';
import type { RpcError } from 'grpc-web';
import { type Answer, type Ask, decodeAnswer, encodeAsk } from './ways.ts';

const require = createRequire(import.meta.url);

export interface GoogleOutcome {
  readonly answers: readonly Answer[];
  /** Of a call that failed. */
  readonly error?: { readonly code: number; readonly message: string };
}

type Method = 'Echo' | 'Count';

/** One call by Google's gRPC-Web client, which needs a browser's `XMLHttpRequest`; here the package xhr2 stands in for it. */
export async function googleGrpcWeb(
  url: string,
  format: 'text' | 'binary',
  name: Method,
  ask: Ask,
): Promise<GoogleOutcome> {
  Object.assign(globalThis, { XMLHttpRequest: require('xhr2') as unknown });
  const { GrpcWebClientBase, MethodDescriptor, MethodType } = await import('grpc-web');
  const client = new GrpcWebClientBase({ format });
  const kind = name === 'Count' ? MethodType.SERVER_STREAMING : MethodType.UNARY;
  // No object of them is ever made: what is sent and read goes through the functions.
  const unused = Object as unknown as new () => Ask & Answer;
  const method = new MethodDescriptor<Ask, Answer>(`/ways.Ways/${name}`, kind, unused, unused, encodeAsk, decodeAnswer);
  const path = url + method.getName();
  if (name === 'Echo')
    return new Promise((resolve) => {
      client.rpcCall(path, ask, {}, method, (failed: RpcError | null, answer) =>
        resolve(
          failed === null
            ? { answers: [answer] }
            : { answers: [], error: { code: failed.code, message: failed.message } },
        ),
      );
    });
  const call = client.serverStreaming(path, ask, {}, method);
  const answers: Answer[] = [];
  return new Promise((resolve) => {
    call.on('data', (answer) => answers.push(answer));
    call.on('error', ({ code, message }) => resolve({ answers, error: { code, message } }));
    call.on('end', () => resolve({ answers }));
  });
}
