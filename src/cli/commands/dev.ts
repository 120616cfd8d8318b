import type { Address, RunningProxy } from '@stategate/proxy';
import type { ProxyConfig } from '@stategate/proxy/config';
import { CliError } from '../errors.ts';
import { loadCommandConfig } from '../flags.ts';
import { humanLine } from '../human-log.ts';
import { findFreePort, isFree, waitUntilListening } from '../ports.ts';
import { tellForgottenRejections } from '../rejections.ts';
import { sampleRequests } from '../sample-request.ts';
import { findSample } from '../sample.ts';
import { stopSignal } from '../signals.ts';
import { FunctionSupervisor } from '../supervisor.ts';

const SILENT_AFTER_MS = 10_000;

type Command = readonly [program: string, ...args: string[]];

export async function dev(userFunction: readonly string[], options: Readonly<Record<string, unknown>>): Promise<void> {
  const command = chooseCommand(userFunction, options['function'] !== undefined);
  const { config: wanted } = await loadCommandConfig(options, {
    'userFunction.onChange': 'reload',
    'api.cors.origins': '*',
  });
  const config = await choosePorts(wanted, command !== undefined);
  const stop = stopSignal();
  const supervisor = command && startFunction(command, config);

  // The function starts meanwhile.
  const { createLogger, loadDriver, startProxy } = await import('@stategate/proxy');
  const log = createLogger(config.log.level, { write: (line) => print(`proxy    | ${humanLine(line)}`) });
  tellForgottenRejections(log);
  const proxy = await startProxy(config, { loadDriver, log });
  welcome(proxy, config);
  void remindOfSilence(config, command !== undefined);

  const stopping = stop.then(() => {
    print('Stopping: running commands are finished first. Ctrl-C again stops at once.');
    return proxy.drain();
  });
  await Promise.race([proxy.stopped, stopping]);
  const { exitCode, reason } = await proxy.stopped;
  if (reason !== undefined) print(`proxy    | ${reason}`);
  await supervisor?.stop();
  process.exit(exitCode);
}

/** What to run as the user function; undefined when one runs already. */
function chooseCommand(given: readonly string[], runsAlready: boolean): Command | undefined {
  const [program, ...args] = given;
  if (runsAlready && program !== undefined)
    throw new CliError('give either --function or a command after "--", not both');
  if (runsAlready) return undefined;
  const command: Command | undefined = program === undefined ? findSample() : [program, ...args];
  if (command !== undefined) return command;
  throw new CliError(
    'the sample is not part of this installation: give your own function, as in stategate dev -- node my-function.js',
  );
}

/** Only the API's port is what somebody may have written down: it must be free. For the others any will do. */
async function choosePorts(config: ProxyConfig, startsFunction: boolean): Promise<ProxyConfig> {
  const { api, admin, metrics, userFunction } = config;
  if (!(await isFree(api.host, api.port))) {
    throw new CliError(
      `port ${api.port} is taken: stop what listens there, or choose another one with --port ${await findFreePort(api.host)}`,
    );
  }
  return {
    ...config,
    admin: await withFreePort('admin', admin),
    metrics: metrics.enabled ? await withFreePort('metrics', metrics) : metrics,
    userFunction: startsFunction ? await withFreePort('the user function', userFunction) : userFunction,
  };
}

async function withFreePort<Section extends { host: string; port: number }>(
  what: string,
  section: Section,
): Promise<Section> {
  if (await isFree(section.host, section.port)) return section;
  const port = await findFreePort(section.host);
  print(`Port ${section.port} is taken: ${what} uses ${port} instead.`);
  return { ...section, port };
}

function startFunction(command: Command, { userFunction: { host, port } }: ProxyConfig): FunctionSupervisor {
  const supervisor = new FunctionSupervisor({
    command,
    env: { ...process.env, HOST: host, PORT: String(port) },
    onOutput: (line) => print(`function | ${line}`),
    onEvent: print,
    onFailure: (error) => {
      process.stderr.write(`stategate: ${error.message}\n`);
      process.exit(1);
    },
  });
  process.once('exit', () => supervisor.kill());
  supervisor.start();
  return supervisor;
}

function welcome(proxy: RunningProxy, { api: { tls }, userFunction, metrics }: ProxyConfig): void {
  proxy.onServing((api, model) => {
    const origin = toOrigin(api, tls.cert === undefined ? 'http' : 'https');
    const places = [
      `API            ${origin}   gRPC, gRPC-Web, Connect and HTTP/JSON`,
      `OpenAPI        ${origin}/openapi.json`,
      `user function  ${userFunction.host}:${userFunction.port}`,
      `admin          ${toOrigin(proxy.admin)}/ready`,
      ...(metrics.enabled && proxy.metrics !== undefined ? [`metrics        ${toOrigin(proxy.metrics)}/metrics`] : []),
    ];
    const lines = ['', 'Ready.', ...places, '', 'Try:', ...sampleRequests(model, origin), ''];
    print(lines.map((line) => (line === '' || /^(Ready|Try)/.test(line) ? line : `  ${line}`)).join('\n'));
  });
}

async function remindOfSilence({ userFunction: { host, port } }: ProxyConfig, started: boolean): Promise<void> {
  if (await waitUntilListening(host, port, SILENT_AFTER_MS)) return;
  const remedy = started
    ? 'it must listen on $HOST:$PORT, which are set in its environment'
    : 'start it there, or give its command after "--"';
  print(
    `Nothing listens on ${host}:${port} after ${SILENT_AFTER_MS / 1_000} s, where the user function should be: ${remedy}.`,
  );
}

function toOrigin({ host, port }: Address, scheme = 'http'): string {
  if (host === '0.0.0.0' || host === '::') return `${scheme}://localhost:${port}`;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
