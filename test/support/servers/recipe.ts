/** The servers that tests can have: the name of the driver that talks to them. */
export const SERVER_NAMES = ['postgres', 'redis', 'cassandra', 'mongodb', 'dynamodb', 'etcd'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** Whether the product itself answers or something that speaks its protocol: what the matrix says of a result. */
export type ServerKind = 'real' | 'emulated';

/** In the server's own words; what each one does with them is said there. */
export type ServerSettings = Readonly<Record<string, string>>;

/** A server that a test talks to. It is on 127.0.0.1 but for one in the environment. */
export interface TestServer extends AsyncDisposable {
  readonly name: ServerName;
  readonly url: string;
  readonly kind: ServerKind;
  /** Product and version, as far as they are known before anybody asks the server. */
  readonly product: string;
  /** Of the process that runs now; undefined for a server of the environment, which is not ours to stop. */
  readonly pid: number | undefined;
  /** The last part of what it printed. */
  log(): Promise<string>;
  /** Ends it and removes its data. One in the environment is left as it is. */
  stop(): Promise<void>;
  /** Ends the process at once; the data stays for `restart`. Resolves when it is gone. */
  kill9(): Promise<void>;
  /** Starts it again with the same data on the same port, killed before or not. Resolves when it answers. */
  restart(changed?: ServerSettings): Promise<void>;
  /** It stays connected and answers nothing until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** What one started server has for itself. It keeps it over a restart. */
export interface ServerPlace {
  /** An empty directory, removed when the server is stopped. */
  readonly dir: string;
  readonly port: number;
  /** For a server that listens twice. */
  readonly secondPort: number;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** The user that it runs as, where that is not the caller. */
  readonly user?: string;
}

/** A server as it is started from the programs that this machine has. */
export interface InstalledServer {
  /** Name and version, for a reader. */
  readonly product: string;
  readonly kind: ServerKind;
  /** How long a start may take on a busy machine. */
  readonly startMs: number;
  /** Makes the data directory, once. */
  prepare?(place: ServerPlace): Promise<void>;
  /** Called for each start: here configuration files are written. */
  command(place: ServerPlace, settings: ServerSettings): ServerCommand | Promise<ServerCommand>;
}

/** Finds the programs; undefined where they are not installed. Starts nothing that takes long. */
export type FindInstalled = () => Promise<InstalledServer | undefined>;

/** `--name value` for each setting, `--name` for one without a value. */
export function flags(settings: ServerSettings): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => (value === '' ? [`--${name}`] : [`--${name}`, value]));
}
