import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { addProxyFlags, addStoreFlags } from './flags.ts';

const packageFile = new URL(import.meta.url.endsWith('.ts') ? './package.json' : '../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

// Commands are imported when they run: `--help` and `serve` do not wait for what `dev` needs.
const program = new Command('stategate')
  .description('The state side of a stateful serverless application.')
  .version(version, '-v, --version')
  .option('--debug', 'show where an error comes from')
  .showHelpAfterError('(stategate --help says what there is)')
  .addHelpText(
    'after',
    '\nBegin with:\n  stategate dev                           the sample, ready to try\n  stategate dev -- node my-function.js    your own function',
  );

addProxyFlags(
  program
    .command('dev')
    .description('run the proxy and a user function on this machine')
    .argument('[command...]', 'your user function, after "--"; it must listen on $HOST:$PORT')
    .action(async (userFunction: string[], options: Record<string, unknown>) =>
      (await import('./commands/dev.ts')).dev(userFunction, options),
    ),
);

addProxyFlags(
  program
    .command('serve')
    .description('run the proxy alone, beside a user function that runs already')
    .action(async (options: Record<string, unknown>) => (await import('./commands/serve.ts')).serve(options)),
);

addProxyFlags(
  program
    .command('config')
    .description('print the configuration that serve would use')
    .option('--explain', 'say where each value comes from')
    .action(async (options: Record<string, unknown>) => (await import('./commands/config.ts')).config(options)),
);

const store = program.command('store').description('look into a store; a proxy may be running on it');
const persistenceId = new Argument('<persistenceId>', 'as declared by the user function');
const entityId = new Argument('<entityId>', 'the key of the entity');

addStoreFlags(
  store
    .command('inspect')
    .description('what the store is, what it can do, and how much is in it')
    .action(async (options: Record<string, unknown>) => (await import('./commands/store-inspect.ts')).inspect(options)),
);

addStoreFlags(
  store
    .command('check')
    .description('open the store and say what it promises and whether it is ready')
    .action(async (options: Record<string, unknown>) => (await import('./commands/store-check.ts')).check(options)),
);

addStoreFlags(
  store
    .command('schema')
    .description('the statements that the store still needs')
    .option('--apply', 'run them')
    .action(async (options: Record<string, unknown>) => (await import('./commands/store-schema.ts')).schema(options)),
);

addStoreFlags(
  store
    .command('entities')
    .description('the entities in the store')
    .addOption(new Option('--persistence-id <id>', 'only these').conflicts('values'))
    .option('--values <collection>', 'value entities of this persistence id instead')
    .option('--limit <n>', 'at most so many', '50')
    .option('--after <cursor>', 'go on where a page ended')
    .action(async (options: Record<string, unknown>) =>
      (await import('./commands/store-entities.ts')).entities(options),
    ),
);

addStoreFlags(
  store
    .command('events')
    .description('the events of one entity')
    .addArgument(persistenceId)
    .addArgument(entityId)
    .option('--from <n>', 'first sequence number')
    .option('--to <n>', 'last sequence number')
    .addOption(new Option('--last <n>', 'only the newest').conflicts(['from', 'to']))
    .option('--json', 'one JSON object for each event, with the whole payload in base64')
    .action(async (id: string, entity: string, options: Record<string, unknown>) =>
      (await import('./commands/store-events.ts')).events(id, entity, options),
    ),
);

addStoreFlags(
  store
    .command('parked')
    .description('the events that consumers could not take')
    .action(async (options: Record<string, unknown>) => (await import('./commands/store-parked.ts')).parked(options)),
);

addStoreFlags(
  store
    .command('skip-parked')
    .description('give up one parked event, so that those behind it come at the next start; the proxy must be stopped')
    .argument('<eventLog>', 'the persistence id whose events are consumed')
    .argument('<group>', 'who consumes them')
    .addArgument(entityId)
    .action(async (eventLog: string, group: string, entity: string, options: Record<string, unknown>) =>
      (await import('./commands/store-skip.ts')).skipParked(eventLog, group, entity, options),
    ),
);

addStoreFlags(
  store
    .command('drop-snapshots')
    .description('remove the snapshots of one entity, so that it recovers from its events; the proxy must be stopped')
    .addArgument(persistenceId)
    .addArgument(entityId)
    .action(async (id: string, entity: string, options: Record<string, unknown>) =>
      (await import('./commands/store-snapshots.ts')).dropSnapshots(id, entity, options),
    ),
);

program
  .command('conformance')
  .description('prove what a driver can do')
  .command('run')
  .description('run the conformance suite against a store that may be written to; it keeps to namespaces of its own')
  .requiredOption('--driver <name>', 'name, package or file of the driver; also driver:rest, such as sqlite:./file.db')
  .option('--config <file>', "YAML file whose store.config are the driver's settings")
  .option('--set <key=value>', "a setting of the driver's, again and again", (one: string, all?: readonly string[]) => [
    ...(all ?? []),
    one,
  ])
  .option('--filter <ids>', 'only these cases, such as JA-01,F-*')
  .option('--out <file>', 'write the result there, as JSON')
  .addOption(
    new Option('--kind <kind>', 'what answers, for the result')
      .choices(['real', 'emulated', 'in-process'])
      .default('real'),
  )
  .option('--variant <name>', 'tells this result apart from others of the same driver')
  .option('--sources <folder...>', 'the result stands for what is in these folders now')
  .action(async (options: Record<string, unknown>) => (await import('./commands/conformance.ts')).runSuite(options));

program
  .command('tck')
  .description("judge a user function or a proxy by the cases of the protocol's test kit")
  .option('--function <host:port>', 'the user function; of a proxy, the one that it is judged with (127.0.0.1:8080)')
  .option('--proxy <host:port>', 'judge this proxy, whose user function is to be where --listen says')
  .option('--listen <host:port>', 'where the kit stands between a proxy and its user function', '0.0.0.0:8090')
  .option('--wait <seconds>', 'how long they may take to start', '60')
  .option('--filter <text>', 'only the cases with this in "suite: name"')
  .option('--json <file>', 'write the report there')
  .option('--junit <file>', 'write it there for tools that show test results')
  .action(async (options: Record<string, unknown>) => (await import('./commands/tck.ts')).tck(options));

// Not left to the end of all handles: Node 26 may turn for ever when sockets of a client library were reset before.
const finish = (): void => process.exit();
program.parseAsync().then(finish, (error: unknown) => {
  const text =
    error instanceof Error ? (program.opts<{ debug?: boolean }>().debug ? error.stack : error.message) : String(error);
  process.stderr.write(`stategate: ${text}\n`);
  process.exit(1);
});
