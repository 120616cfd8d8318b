import type { Capabilities, Driver } from '../driver.ts';
import { StoreError } from '../errors.ts';

type Durability = Capabilities['durability'];

/** From the weakest on. */
const DURABILITIES: readonly Durability[] = ['none', 'os-buffered', 'disk', 'quorum-memory', 'quorum-disk'];

const DRAIN_MS = 5_000;

/** What holds connections. */
interface Closing {
  close(drainMs: number): Promise<void>;
}

/** Makes a store on a connection: closed by `Driver.close`, waiting 5 s when nothing else is said, and when the store cannot be made. */
export async function openOn<Connection extends Closing>(
  connection: Connection,
  open: (connection: Connection) => Promise<Omit<Driver, 'close'>>,
): Promise<Driver> {
  try {
    const driver = await open(connection);
    return { ...driver, close: ({ drainMs = DRAIN_MS } = {}) => connection.close(drainMs) };
  } catch (error) {
    await connection.close(0);
    throw error;
  }
}

/** Throws `ConfigError` for a server whose settings promise less than is asked for; `wayOut` says what to change. */
export function checkDurability(
  found: Durability,
  wanted: Durability | undefined,
  location: string,
  wayOut: string,
): void {
  if (isAtLeast(found, wanted ?? 'none')) return;
  throw new StoreError(
    'ConfigError',
    `${location} cannot be used: its settings make it ${found}, store.config.durability asks for ${wanted}: ${wayOut}`,
  );
}

/** Whether an acknowledged write survives as much. */
export function isAtLeast(found: Durability, wanted: Durability): boolean {
  return DURABILITIES.indexOf(found) >= DURABILITIES.indexOf(wanted);
}
