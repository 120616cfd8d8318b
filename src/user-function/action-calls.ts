import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { cloudstate } from '@stategate/protocol';
import type { ActionRpc, RunAction } from './action.ts';
import { bidirectional, write } from './rpc.ts';

type ActionCommand = cloudstate.action.ActionCommand.$Properties;
type ActionResponse = cloudstate.action.ActionResponse.$Properties;

/** The four rpcs of the protocol's service are alike on the wire: messages come, messages go. */
const RPCS: Readonly<Record<string, ActionRpc>> = {
  handleUnary: { streamedIn: false, streamedOut: false },
  handleStreamedIn: { streamedIn: true, streamedOut: false },
  handleStreamedOut: { streamedIn: false, streamedOut: true },
  handleStreamed: { streamedIn: true, streamedOut: true },
};

/** @param actions by the names of their services */
export function serveActions(server: Server, actions: ReadonlyMap<string, RunAction>): void {
  const { ActionCommand, ActionResponse } = cloudstate.action;
  for (const [name, rpc] of Object.entries(RPCS)) {
    const path = `/cloudstate.action.ActionProtocol/${name}`;
    bidirectional(server, path, [ActionCommand, ActionResponse], (call) => void serveCall(call, rpc, actions));
  }
}

async function serveCall(
  call: ServerDuplexStream<ActionCommand, ActionResponse>,
  rpc: ActionRpc,
  actions: ReadonlyMap<string, RunAction>,
): Promise<void> {
  const cancelled = new AbortController();
  call.once('cancelled', () => cancelled.abort());
  call.on('error', () => undefined); // of a call that is over
  try {
    // To be left at any time: by default the iterator would destroy the call.
    const messages = call.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<ActionCommand>;
    const first = await messages.next();
    if (first.done !== true) {
      const run = actions.get(first.value.serviceName ?? '') ?? unknownService;
      for await (const response of run(rpc, first.value, messages, cancelled.signal)) {
        if (cancelled.signal.aborted) return;
        await write(call, response);
      }
    }
  } catch {
    return; // The caller has gone, in the middle of its messages.
  }
  call.end();
  call.resume(); // what still comes is of no interest
}

// eslint-disable-next-line require-await
async function* unknownService(_rpc: ActionRpc, { serviceName }: ActionCommand): AsyncGenerator<ActionResponse> {
  yield { failure: { description: `Unknown service: ${serviceName}` } };
}
