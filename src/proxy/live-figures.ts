import type { ProxyConfig } from './config/index.ts';
import type { StoreHealth } from './persistence/store-health.ts';
import { MAIN_STORE, type OpenStores } from './persistence/stores.ts';
import type { ServiceModel } from './protocol/service-model.ts';
import type { RunningModel } from './serve-model.ts';
import type { LiveFigures } from './telemetry/metrics.ts';

/** What the metrics ask of a proxy whenever they are read. */
export function liveFigures(
  { store, stores }: ProxyConfig,
  open: OpenStores,
  health: StoreHealth,
  serving: () => { readonly model: ServiceModel; readonly running: RunningModel } | undefined,
  readiness: { isReady(): boolean },
): LiveFigures {
  return {
    isReady: () => readiness.isReady(),
    entities() {
      const now = serving();
      if (now === undefined) return [];
      return [...now.model.services.values()].flatMap((service) => {
        const region = now.running.regions.get(service.name);
        return region === undefined ? [] : [[service, region.size] as const];
      });
    },
    stashBytes: () => serving()?.running.stash.bytes ?? 0,
    effects: () => serving()?.running.effects.load ?? { running: 0, waiting: 0 },
    consumers: () => serving()?.running.consumers.figures() ?? [],
    stores: () =>
      [...open.named].map(([name = MAIN_STORE, { server }]) => ({
        store: name,
        driver: (stores[name] ?? store).driver,
        product: server.product,
        version: server.version,
        up: health.isUp(name),
      })),
  };
}
