import { type HttpAnswer, type HttpJsonClient, serveHttpJson } from '../../../support/http-json-server.ts';
import { type JsonCommand, type JsonOutcome, jsonRouter } from '../../../support/json-router.ts';
import { samples } from './samples.ts';

export const MAX_BYTES = 4_096;
export const JSON_TYPE = { 'content-type': 'application/json' };

type Handler = (command: JsonCommand) => JsonOutcome | Promise<JsonOutcome>;

export interface SamplesServer {
  readonly http: HttpJsonClient;
  /** Sends a request and returns what the router got and what the client got. Without an outcome the reply is the command. */
  readonly exchange: (
    outcome: JsonOutcome | undefined,
    ...request: Parameters<HttpJsonClient['send']>
  ) => Promise<{ command: JsonCommand | undefined; answer: HttpAnswer }>;
  /** Decides what happens to the commands that come from now on. */
  readonly handle: (handler: Handler) => void;
}

/** Serves the samples as HTTP and JSON. */
export async function serveSamples(): Promise<SamplesServer> {
  const echo: Handler = ({ method: { desc }, input }) => ({ reply: desc.input === desc.output ? input : {} });
  let onCommand = echo;
  const http = await serveHttpJson(
    samples,
    jsonRouter(samples, (command) => onCommand(command)),
    MAX_BYTES,
  );
  return {
    http,
    async exchange(outcome, ...request) {
      let command: JsonCommand | undefined;
      onCommand = (got) => {
        command = got;
        return outcome ?? { reply: got.input };
      };
      try {
        return { answer: await http.send(...request), command };
      } finally {
        onCommand = echo;
      }
    },
    handle: (handler) => void (onCommand = handler),
  };
}
