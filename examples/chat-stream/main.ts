import { join } from 'node:path';
import { serve } from '@stategate/user-function';
import { Audience } from './audience.ts';
import { chat } from './chat.ts';
import { room } from './room.ts';

const running = await serve({
  protos: [join(import.meta.dirname, 'chat.proto')],
  entities: [room, chat(new Audience())],
  name: 'chat-stream',
  version: '0.1.0',
  logger: console,
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void running.close());
