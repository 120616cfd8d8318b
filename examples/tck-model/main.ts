import { serveModel } from './model.ts';

const running = await serveModel();
console.log(`the model is served on port ${running.port}`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void running.close());
