import { assign, type Layer } from './settings.ts';

/** The variables of the reference proxy's backends (protocol-spec §9.2), and the settings of our drivers that they stand for. */
const VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  postgres: {
    POSTGRES_SERVICE: 'host',
    POSTGRES_PORT: 'port',
    POSTGRES_DATABASE: 'database',
    POSTGRES_SCHEMA: 'schema',
    POSTGRES_USERNAME: 'user',
    POSTGRES_PASSWORD: 'password',
  },
  cassandra: {
    CASSANDRA_CONTACT_POINTS: 'contactPoints',
    CASSANDRA_PORT: 'port',
    CASSANDRA_KEYSPACE: 'keyspace',
    CASSANDRA_USERNAME: 'username',
    CASSANDRA_PASSWORD: 'password',
  },
};

/** What those variables say, when the store is one that they are meant for. */
export function readBackendLayer(
  driver: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Layer {
  const layer: Layer = new Map();
  for (const [name, key] of Object.entries(VARIABLES[String(driver)] ?? {})) {
    const text = environment[name];
    if (text === undefined || text === '') continue;
    assign(layer, { path: `store.config.${key}`, value: toValue(key, text), origin: { from: 'env', name } }, problems);
  }
  return layer;
}

function toValue(key: string, text: string): unknown {
  if (key === 'contactPoints') return text.split(',').map((point) => point.trim());
  return key === 'port' && /^\d+$/.test(text) ? Number(text) : text;
}
