import { join } from 'node:path';
import { serve } from '@stategate/user-function';
import { readers } from './readers.ts';
import { views } from './views.ts';

const running = await serve({
  protos: [join(import.meta.dirname, 'counter.proto')],
  entities: [views, readers],
  name: 'counter-crdt',
  version: '0.1.0',
  logger: console,
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void running.close());
