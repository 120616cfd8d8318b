import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';
import { cloudstate } from '@stategate/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSchema } from '../../../src/user-function/schema.ts';

const main = fileURLToPath(new URL('../../../examples/shopping-cart/main.ts', import.meta.url));
const file = fileURLToPath(new URL('../../../examples/shopping-cart/shopping-cart.proto', import.meta.url));
const { root } = loadSchema({ protos: [file] });

let example: ChildProcess;
let client: Client;

beforeAll(async () => {
  const environment = { ...process.env, HOST: '127.0.0.1', PORT: '0' };
  example = spawn(process.execPath, ['--conditions=source', main], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    example.stdout?.on('data', (text) => {
      const [, found] = /on 127\.0\.0\.1:(\d+)/.exec(String(text)) ?? [];
      if (found !== undefined) resolve(found);
    });
    example.once('exit', (code) => reject(new Error(`the example ended with ${code}`)));
    setTimeout(() => reject(new Error('the example does not start')), 20_000).unref();
  });
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});
afterAll(() => {
  client.close();
  example.kill('SIGKILL');
});

const name = (short: string) => `com.example.shoppingcart.${short}`;

function any(short: string, message: object) {
  const type = root.lookupType(name(short));
  return { typeUrl: `type.googleapis.com/${name(short)}`, value: type.encode(type.fromObject(message)).finish() };
}

test('the cart adds, merges, removes and refuses', async () => {
  const { EventSourcedStreamIn, EventSourcedStreamOut } = cloudstate.eventsourced;
  const stream = client.makeBidiStreamRequest(
    '/cloudstate.eventsourced.EventSourced/handle',
    (message: cloudstate.eventsourced.EventSourcedStreamIn.$Properties) =>
      Buffer.from(EventSourcedStreamIn.encode(message).finish()),
    (bytes) => EventSourcedStreamOut.decode(bytes),
  );
  const replies = stream[Symbol.asyncIterator]() as AsyncIterator<cloudstate.eventsourced.EventSourcedStreamOut>;
  let id = 0;
  const command = async (method: string, type: string, message: object) => {
    id += 1;
    stream.write({
      command: { entityId: 'alice', id, name: method, payload: any(type, { userId: 'alice', ...message }) },
    });
    const { value } = (await replies.next()) as { value: cloudstate.eventsourced.EventSourcedStreamOut };
    return value.reply;
  };
  stream.write({ init: { serviceName: name('ShoppingCart'), entityId: 'alice' } });
  const apple = { productId: 'apple', name: 'Apple', quantity: 3 };
  const added = await command('AddItem', 'AddLineItem', apple);
  expect(added?.events?.map((event) => event.typeUrl)).toEqual([`type.googleapis.com/${name('ItemAdded')}`]);
  await command('AddItem', 'AddLineItem', apple);
  await command('AddItem', 'AddLineItem', { ...apple, productId: 'pear', name: 'Pear' });
  await command('RemoveItem', 'RemoveLineItem', { productId: 'pear' });
  const refused = await command('RemoveItem', 'RemoveLineItem', { productId: 'pear' });
  expect(refused?.clientAction?.failure?.description).toContain('not in the cart');
  const cart = await command('GetCart', 'GetShoppingCart', {});
  const value = cart?.clientAction?.reply?.payload?.value ?? new Uint8Array();
  expect(root.lookupType(name('Cart')).decode(value).toJSON()).toEqual({ items: [{ ...apple, quantity: 6 }] });
  stream.end();
});

test('SIGTERM ends it cleanly', async () => {
  const exited = once(example, 'exit');
  example.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
