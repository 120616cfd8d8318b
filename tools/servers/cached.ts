import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  CACHED_VERSIONS,
  type Cached,
  cacheDir,
  cacheRoot,
  installedDir,
  installedMarker,
} from '../../test/support/servers/cache.ts';
import { findProgram } from '../../test/support/servers/programs.ts';
import { command, type CommandOptions, seconds } from './commands.ts';
import { withLock } from './lock.ts';

interface CachedInstallation {
  /** For the lines of progress: what comes from where, and how long it takes. */
  readonly what: string;
  /** Fills an empty directory, which must then be ready to use where it is. */
  install(options: CommandOptions, dir: string): Promise<void>;
}

const INSTALLATIONS: Readonly<Record<Cached, CachedInstallation>> = {
  dynamodb: {
    what: `dynoxide ${CACHED_VERSIONS.dynamodb}, built by cargo in two to five minutes`,
    async install(options, dir) {
      const cargo = await findProgram('cargo', join(homedir(), '.cargo/bin'));
      if (cargo === undefined) throw new Error('cargo not found: install Rust 1.88 or newer (https://rustup.rs)');
      const features = ['--no-default-features', '--features', 'native-sqlite,http-server,cli'];
      const build = ['install', 'dynoxide-rs', '--version', CACHED_VERSIONS.dynamodb, '--locked', ...features];
      // Nice: other installations and tests go on meanwhile.
      await command(options, 'nice', cargo, ...build, '--root', dir, '--target-dir', join(dir, 'build'));
      await rm(join(dir, 'build'), { recursive: true });
    },
  },
  interop: {
    what: `gRPC's interop client ${CACHED_VERSIONS.interop}, built by go in one to three minutes`,
    async install(options, dir) {
      const go = await findProgram('go', '/usr/local/go/bin');
      if (go === undefined) throw new Error('go not found: install Go 1.26 or newer (https://go.dev/dl)');
      const client = `google.golang.org/grpc/interop/client@v${CACHED_VERSIONS.interop}`;
      await command({ ...options, env: { GOBIN: dir } }, 'nice', go, 'install', client);
    },
  },
  mongodb: {
    what: `SecantusDB ${CACHED_VERSIONS.mongodb} in a Python environment of its own`,
    async install(options, dir) {
      await command(options, 'python3', '-m', 'venv', dir);
      const pip = ['install', '--disable-pip-version-check', `SecantusDB==${CACHED_VERSIONS.mongodb}`];
      await command(options, join(dir, 'bin/pip'), ...pip);
    },
  },
  cassandra: {
    what: `Apache Cassandra ${CACHED_VERSIONS.cassandra}, its jars by Maven`,
    async install(options, dir) {
      await writeFile(join(dir, 'pom.xml'), pom('org.apache.cassandra', 'cassandra-all', CACHED_VERSIONS.cassandra));
      const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(dir, 'lib')}`];
      await command({ ...options, cwd: dir }, 'mvn', '-B', '-ntp', ...goal);
    },
  },
};

/** Installs something into the cache, unless it is there. */
export async function installCached(name: Cached): Promise<void> {
  const installation = INSTALLATIONS[name];
  if (installedDir(name) !== undefined) return console.log(`${name}: there`);
  const started = performance.now();
  const dir = cacheDir(name);
  await mkdir(cacheRoot(), { recursive: true });
  const onWait = (pid: number): void => console.log(`${name}: process ${pid} installs it, waiting for it`);
  await withLock(`${dir}.lock`, onWait, async () => {
    if (installedDir(name) !== undefined) return;
    console.log(`${name}: ${installation.what}`);
    // What an installation that was interrupted has left.
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir);
    const log = `${dir}.log`;
    await rm(log, { force: true });
    await installation.install({ name, log }, dir);
    await writeFile(installedMarker(name), '');
  });
  console.log(`${name}: installed (${seconds(started)})`);
}

/** A project with one dependency, whose only use is to have Maven fetch the jars. */
function pom(groupId: string, artifactId: string, version: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>test-server</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>
  </dependencies>
  <build><plugins>
    <plugin>
      <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version>
    </plugin>
  </plugins></build>
</project>
`;
}
