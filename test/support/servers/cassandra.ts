import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CACHED_VERSIONS, installedDir } from './cache.ts';
import { ADD_EXPORTS, ADD_OPENS, cassandraYaml, LOGBACK } from './cassandra-files.ts';
import { entries, findProgram } from './programs.ts';
import type { InstalledServer } from './recipe.ts';

/** The Java versions that Cassandra 5.0 runs on. */
const JAVA_VERSIONS = /^JAVA_VERSION="?(?:17|11)\b/m;

/** Small, and quick to start. */
const MEMORY_AND_SPEED =
  '-Xms96m -Xmx512m -XX:MaxDirectMemorySize=256m -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+PerfDisableSharedMem -XX:+ExitOnOutOfMemoryError';

/** Cassandra from its Maven jars, one node, small. A setting `name: value` becomes a line of `cassandra.yaml`. */
export async function findCassandra(): Promise<InstalledServer | undefined> {
  const installed = installedDir('cassandra');
  const java = await findJava();
  if (installed === undefined || java === undefined) return undefined;
  const lib = join(installed, 'lib');
  const agent = (await entries(lib)).find((jar) => /jamm-[^/]*\.jar$/.test(jar));
  if (agent === undefined) return undefined;
  return {
    product: `Apache Cassandra ${CACHED_VERSIONS.cassandra}`,
    kind: 'real',
    // Seconds on a quiet machine.
    startMs: 90_000,
    async prepare({ dir }) {
      await mkdir(join(dir, 'tmp'));
      await writeFile(join(dir, 'logback.xml'), LOGBACK);
    },
    async command(place, settings) {
      await writeFile(join(place.dir, 'cassandra.yaml'), cassandraYaml(place, settings));
      return { program: java, args: javaArgs(place.dir, lib, agent) };
    },
  };
}

function javaArgs(dir: string, lib: string, agent: string): readonly string[] {
  return [
    ...MEMORY_AND_SPEED.split(' '),
    ...ADD_EXPORTS.flatMap((name) => ['--add-exports', `${name}=ALL-UNNAMED`]),
    ...ADD_OPENS.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
    `-javaagent:${agent}`,
    '-Djdk.attach.allowAttachSelf=true',
    '-Djava.net.preferIPv4Stack=true',
    `-Djava.io.tmpdir=${dir}/tmp`,
    `-Djna.tmpdir=${dir}/tmp`,
    '-Dio.netty.tryReflectionSetAccessible=true',
    `-Dlogback.configurationFile=file://${dir}/logback.xml`,
    `-Dcassandra.config=file://${dir}/cassandra.yaml`,
    `-Dcassandra.storagedir=${dir}`,
    '-Dcassandra-foreground=yes',
    // One node has nobody to wait for.
    '-Dcassandra.ring_delay_ms=0',
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-Dcassandra.superuser_setup_delay_ms=0',
    '-Dcassandra.available_processors=2',
    '-cp',
    `${lib}/*`,
    'org.apache.cassandra.service.CassandraDaemon',
  ];
}

/** A machine may have several: the file `release` beside one says which version it is, without starting it. */
export async function findJava(): Promise<string | undefined> {
  const home = process.env['JAVA_HOME'];
  const onPath = await findProgram('java');
  const candidates = [
    ...(home === undefined ? [] : [join(home, 'bin/java')]),
    ...(onPath === undefined ? [] : [onPath]),
    ...(await entries('/usr/lib/jvm')).map((directory) => join(directory, 'bin/java')),
  ];
  for (const candidate of candidates) {
    const java = await realpath(candidate).catch(() => undefined);
    if (java === undefined) continue;
    const release = await readFile(join(dirname(java), '../release'), 'utf8').catch(() => '');
    if (JAVA_VERSIONS.test(release)) return java;
  }
  return undefined;
}
