// The client with which gRPC's implementations test each other, against a user function behind the proxy.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeCertificate, needsOpenssl } from '../support/certificates.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { notRun } from '../support/not-run.ts';
import { TestProcess } from '../support/process.ts';
import { installedDir } from '../support/servers/cache.ts';
import { findProgram } from '../support/servers/programs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { serveTestService } from './interop/test-service.ts';

/** Every case that needs nothing but a server. What cannot pass says how it ends. */
const CASES: readonly (readonly [name: string, cannot?: { readonly because: string; readonly says: string }])[] = [
  ['empty_unary'],
  ['large_unary'],
  ['client_streaming'],
  ['server_streaming'],
  ['ping_pong'],
  ['empty_stream'],
  ['timeout_on_sleeping_server'],
  ['cancel_after_begin'],
  ['cancel_after_first_response'],
  // With the code UNKNOWN, the one that the failure of an action has.
  ['status_code_and_message'],
  ['special_status_message'],
  ['unimplemented_method'],
  ['unimplemented_service'],
  ['pick_first_unary'],
  ['rpc_soak'],
  ['channel_soak'],
  [
    'custom_metadata',
    {
      because: 'the metadata of a reply become headers, never trailers',
      says: 'Expected exactly one trailer from server. Received 0',
    },
  ],
  [
    'orca_per_rpc',
    { because: 'a load report is a trailer', says: 'received ORCA load report ; want cpu_utilization:0.821' },
  ],
];

const installed = installedDir('interop');
const dir = tempDir();
const userFunction = await serveTestService();
afterAll(async () => {
  await userFunction.close();
  dir[Symbol.dispose]();
});
beforeEach((context) => {
  if (installed === undefined) notRun(context, "gRPC's interop client is missing: npm run test:install interop");
});

async function runCase(name: string, port: number, args: readonly string[]): Promise<[exit: unknown, output: string]> {
  const all = ['-server_host', 'localhost', '-server_port', String(port), '-test_case', name, ...args];
  await using client = new TestProcess(join(installed ?? '', 'client'), all);
  const exit = await Promise.race([
    client.exited,
    new Promise((resolve) => setTimeout(resolve, 25_000, 'not within 25 s').unref()),
  ]);
  return [exit, client.output];
}

describe.each(['without', 'with'] as const)('%s TLS', (tls) => {
  let proxy: InProcessProxy | undefined;
  let args: readonly string[] = [];
  beforeAll(async () => {
    if (tls === 'without') proxy = await InProcessProxy.start(userFunction.port);
    else if ((await findProgram('openssl')) !== undefined) {
      const authority = await makeCertificate(dir.path, 'authority');
      const { cert, key } = await makeCertificate(dir.path, 'localhost', authority);
      args = ['-use_tls', '-use_test_ca', '-ca_file', authority.cert];
      proxy = await InProcessProxy.start(userFunction.port, { 'api.tls.cert': cert, 'api.tls.key': key });
    }
    return () => proxy?.[Symbol.asyncDispose]();
  });
  beforeEach((context) => (tls === 'with' ? needsOpenssl(context) : undefined));

  test.each(
    CASES.map(([name, cannot]) => ({ name, cannot, title: cannot ? `${name}, not: ${cannot.because}` : name })),
  )('$title', async ({ name, cannot }) => {
    const [exit, output] = await runCase(name, proxy?.apiPort ?? 0, args);
    if (cannot === undefined) expect([exit, output]).toEqual([0, expect.not.stringContaining('FATAL')]);
    else expect([exit, output]).toEqual([1, expect.stringContaining(cannot.says)]);
  });
});
