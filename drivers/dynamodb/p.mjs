import d from '@stategate/driver-dynamodb/driver';
import { validateConfig } from '@stategate/journal-spi/kit';
const cfg = await validateConfig(d, {
  endpoint: 'http://127.0.0.1:18431',
  region: 'x',
  accessKeyId: 'a',
  secretAccessKey: 'b',
  table: 'tt1',
  durability: 'disk',
});
const s = await d.open(cfg, { warn() {}, instanceId: 'x' });
const fence = { scope: 'a', epoch: (await s.fences.claim('n', 'a', 'o', {})).epoch };
for (const J of [0, 50, 150]) {
  const key = { namespace: 'n', collection: 'c', key: 'k' + J };
  const put = (v, condition) =>
    s.keyValue.put(
      { key, value: { manifest: 't', payload: Buffer.from(v) }, condition, fence, token: crypto.randomUUID() },
      {},
    );
  await put('0', { if: 'any' });
  let tries = 0;
  const t = performance.now(),
    c = process.cpuUsage();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let i = 0; i < 20;) {
        const f = await s.keyValue.get(key, {});
        tries++;
        try {
          await put(String(Number(Buffer.from(f.payload)) + 1), { if: 'rev', rev: f.rev });
          i++;
        } catch {
          if (J) await new Promise((r) => setTimeout(r, Math.random() * J));
        }
      }
    }),
  );
  const u = process.cpuUsage(c);
  console.log(J, 'ms', (performance.now() - t).toFixed(0), 'tries', tries, 'cpu ms', (u.user + u.system) / 1e3);
}
await s.close();
