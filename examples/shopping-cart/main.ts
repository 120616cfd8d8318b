import { join } from 'node:path';
import { serve } from '@stategate/user-function';
import { cart } from './cart.ts';
import { checkout } from './checkout.ts';
import { favourites } from './favourites.ts';

const running = await serve({
  protos: [join(import.meta.dirname, 'shopping-cart.proto')],
  entities: [cart, favourites, checkout],
  name: 'shopping-cart',
  version: '0.1.0',
  logger: console,
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void running.close());
