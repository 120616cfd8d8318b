import { expect, test } from 'vitest';
import driver from '@stategate/driver-sqlite/driver';
import { GrpcClient } from '../support/grpc-client.ts';
import { freePort } from '../support/ports.ts';
import { loadProto } from '../support/probe.ts';
import { ROOT, startNode, type TestProcess } from '../support/process.ts';
import { type ProxyProcess, startProxy } from '../support/proxy-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const CARTS = 100;
const COMMANDS = 1_000;
const IN_FLIGHT = 32;

test('1 000 commands over 100 carts, kill -9 in the middle: nothing acknowledged is lost, nothing happens twice', async () => {
  using dir = tempDir();
  const path = dir.file('carts.db');
  const userFunctionPort = await freePort();
  await using _function: TestProcess = startNode([`${ROOT}/examples/shopping-cart/main.ts`], {
    env: { HOST: '127.0.0.1', PORT: String(userFunctionPort) },
  });
  const start = async (): Promise<ProxyProcess> =>
    (await startProxy({ userFunctionPort, store: `sqlite:${path}` })).ready();

  const acknowledged = new Set<number>();
  {
    await using proxy = await start();
    await addItems(proxy, numbers(0, COMMANDS), acknowledged, () => {
      if (acknowledged.size === COMMANDS / 2) void proxy.process.kill('SIGKILL');
    });
    expect(await proxy.process.exited).toBe('SIGKILL');
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(COMMANDS / 2);
  expect(acknowledged.size).toBeLessThan(COMMANDS);

  let before: readonly string[];
  {
    await using proxy = await start();
    await addItems(proxy, numbers(COMMANDS, COMMANDS * 2), acknowledged);
    before = await carts(proxy);
    await proxy.process.kill('SIGKILL');
  }
  for (const n of acknowledged) expect(before[n % CARTS]).toContain(`"product-${n}:1"`);

  await using proxy = await start();
  expect(await carts(proxy)).toEqual(before);
  const stored = await storedEvents(path);
  expect([...stored].filter(([, count]) => count > 1)).toEqual([]);
  expect([...acknowledged].filter((n) => !stored.has(`product-${n}`))).toEqual([]);
}, 120_000);

/** Each number is a product of its own, added once to the cart `number % CARTS`; every other one by HTTP. */
async function addItems(
  proxy: ProxyProcess,
  products: readonly number[],
  acknowledged: Set<number>,
  onAcknowledged = (): void => undefined,
): Promise<void> {
  using client = cartClient(proxy);
  const queue = [...products];
  const worker = async (): Promise<void> => {
    for (let n = queue.shift(); n !== undefined; n = queue.shift()) {
      const item = { productId: `product-${n}`, name: 'thing', quantity: 1 };
      const userId = `cart-${n % CARTS}`;
      const added = n % 2 === 0 ? client.call('AddItem', { userId, ...item }) : post(proxy, userId, item);
      const ok = await added.then(
        () => true,
        () => false,
      );
      if (!ok) continue;
      acknowledged.add(n);
      onAcknowledged();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

async function post(proxy: ProxyProcess, userId: string, item: object): Promise<void> {
  const response = await fetch(proxy.url(`/cart/${userId}/items/add`), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(item),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.text();
}

/** What every cart holds, as sorted `product:quantity`. */
async function carts(proxy: ProxyProcess): Promise<readonly string[]> {
  using client = cartClient(proxy);
  // `await`: the client must not be closed before the carts have answered.
  return await Promise.all(
    Array.from({ length: CARTS }, async (_, n) => {
      const { items } = (await client.call('GetCart', { userId: `cart-${n}` })) as {
        items: { productId: string; quantity: number }[];
      };
      return JSON.stringify(items.map(({ productId, quantity }) => `${productId}:${quantity}`).toSorted());
    }),
  );
}

/** Reads the journals themselves: in how many events each product is. */
async function storedEvents(path: string): Promise<ReadonlyMap<string, number>> {
  const config = await driver.configSchema['~standard'].validate({ path });
  if (config.issues !== undefined) throw new Error('the configuration is refused');
  const store = await driver.open(config.value, { warn: () => undefined, instanceId: 'test', readOnly: true });
  const seen = new Map<string, number>();
  for (const stream of (await store.journal.list({ namespace: 'default', limit: CARTS * 2 }, {})).streams) {
    for await (const { events } of store.journal.read(stream, {}, {})) {
      for (const { payload } of events) {
        const product = /product-\d+/.exec(Buffer.from(payload).toString('latin1'))?.[0] ?? '?';
        seen.set(product, (seen.get(product) ?? 0) + 1);
      }
    }
  }
  await store.close();
  return seen;
}

function cartClient(proxy: ProxyProcess): GrpcClient {
  return new GrpcClient(
    proxy.apiPort,
    loadProto('examples/shopping-cart', 'shopping-cart.proto'),
    'com.example.shoppingcart.ShoppingCart',
  );
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
