import type { cloudstate } from '@stategate/protocol';
import { GrpcClient } from './grpc-client.ts';
import type { GrpcStream } from './grpc-stream.ts';
import { InProcessProxy } from './in-process-proxy.ts';
import { answer, ask } from './probe-messages.ts';
import { probeRoot } from './probe.ts';
import { type ActionStream, echo, ScriptedFunction, type StreamedRpc } from './scripted-function.ts';

type Command = cloudstate.action.ActionCommand;
export type Response = cloudstate.action.ActionResponse.$Properties;
type Behaviour = (stream: ActionStream, rpc: StreamedRpc) => void;

export const SERVICE = 'stategate.test.ProbeAction';
export const METHODS = { handleStreamedIn: 'Collect', handleStreamedOut: 'Watch', handleStreamed: 'Chat' } as const;

/** What the user function does with a call, and what it saw of the calls since the test began. */
export class StreamedActions implements AsyncDisposable {
  behave: Behaviour = () => undefined;
  unary: (command: Command) => Response | Promise<Response> = () => reply('of the unary action');
  commands: Command[] = [];
  cancelled = 0;
  halfClosed = 0;
  readonly #resources = new AsyncDisposableStack();
  readonly userFunction: ScriptedFunction;
  readonly proxy: InProcessProxy;
  readonly client: GrpcClient;

  private constructor(userFunction: ScriptedFunction, proxy: InProcessProxy) {
    this.userFunction = this.#resources.use(userFunction);
    this.proxy = this.#resources.use(proxy);
    this.client = this.#resources.use(new GrpcClient(proxy.apiPort, probeRoot(), SERVICE));
  }

  static async start(): Promise<StreamedActions> {
    let actions: StreamedActions | undefined;
    const userFunction = await ScriptedFunction.start({
      actionStream: (stream, rpc) => actions?.take(stream, rpc),
      action: (command) => actions?.unary(command) ?? 'never',
      eventSourced: echo,
    });
    const proxy = await InProcessProxy.start(userFunction.port, { 'entities.relayTimeout': '400ms' });
    return (actions = new StreamedActions(userFunction, proxy));
  }

  /** Before each test. */
  reset(): void {
    this.commands = [];
    this.cancelled = 0;
    this.halfClosed = 0;
    this.unary = () => reply('of the unary action');
  }

  /** The call of a method, half-closed after its messages unless it stays open. */
  call(
    method: 'Collect' | 'Watch' | 'Chat',
    ids: readonly string[] = ['a'],
    stays: 'open' | 'closed' = 'closed',
  ): GrpcStream {
    const opened = this.client.open(method);
    for (const id of ids) opened.send({ id, text: '' });
    if (stays === 'closed') opened.halfClose();
    return opened;
  }

  /** A call has come to the user function. */
  take(stream: ActionStream, rpc: StreamedRpc): void {
    const ofThisTest = this.commands;
    stream.onMessage((command) => ofThisTest.push(command));
    // grpc-js tells the end of what was reset first, and the reset afterwards.
    stream.raw.on('end', () =>
      setImmediate(() => (this.halfClosed += stream.raw.cancelled && !stream.raw.writableEnded ? 0 : 1)),
    );
    stream.raw.on('cancelled', () => (this.cancelled += stream.raw.writableEnded ? 0 : 1));
    this.behave(stream, rpc);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

export const text = (value: string) => ({ text: value });
export const reply = (value: string, entries?: cloudstate.MetadataEntry.$Properties[]): Response => ({
  reply: { payload: answer(value), metadata: entries === undefined ? null : { entries } },
});
export const forward = (commandName: string, serviceName = SERVICE, id = 'f'): Response => ({
  forward: { serviceName, commandName, payload: { ...ask(id, {}), typeUrl: '' } },
});
export const effect = (id: string, synchronous: boolean): cloudstate.SideEffect.$Properties => ({
  serviceName: SERVICE,
  commandName: 'Run',
  payload: ask(id, {}),
  synchronous,
});
export const pause = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
export const idOf = ({ payload }: Command): string =>
  Buffer.from(payload?.value ?? [])
    .toString('latin1')
    .slice(2, 3);

/** Sends these answers when the first message is there, and ends the call. */
export function answering(...responses: readonly Response[]): Behaviour {
  return ({ raw, send }) => {
    raw.once('data', () => {
      for (const response of responses) send(response);
      raw.end();
    });
  };
}
