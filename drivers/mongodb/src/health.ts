import { StoreError } from '@stategate/journal-spi';
import type { Driver, SchemaManager } from '@stategate/journal-spi';
import { checkHealth } from '@stategate/journal-spi/kit';
import type { Store } from './store.ts';

/** More than any healthy set is behind. */
const MAX_LAG_MS = 10_000;

/** A store that is `marked` has its indexes, and the mark that says so, for as long as nobody drops it. */
export function createHealth(store: Store, schema: SchemaManager, marked: boolean): Driver['health'] {
  return (options) =>
    checkHealth(options, async (inTime) => {
      const { isWritablePrimary, lastWrite } = await store.hello(inTime);
      if (isWritablePrimary !== true) throw new StoreError('StoreUnavailable', `${store.location} has no primary`);
      if (marked && (await schema.status(inTime)).current === 0) {
        throw new StoreError(
          'SchemaMismatch',
          `${store.location} has lost its collections: restore them, or run stategate store schema --apply`,
        );
      }
      const lagMs = Number(lastWrite?.lastWriteDate ?? 0) - Number(lastWrite?.majorityWriteDate ?? 0);
      return lagMs > MAX_LAG_MS
        ? [`a majority of ${store.location} is ${Math.round(lagMs / 1000)} s behind its primary: writes wait for it`]
        : [];
    });
}
