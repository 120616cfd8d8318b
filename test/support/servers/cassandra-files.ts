import type { ServerPlace, ServerSettings } from './recipe.ts';

/** To the standard output, as every other server does. */
export const LOGBACK = `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
`;

/** One node with small memory. Timeouts far above the defaults, so that a busy machine does not look like a fault. */
export function cassandraYaml({ dir, port, secondPort }: ServerPlace, settings: ServerSettings): string {
  const all: Record<string, string> = {
    cluster_name: 'test',
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    endpoint_snitch: 'SimpleSnitch',
    dynamic_snitch: 'false',
    seed_provider: `[{ class_name: org.apache.cassandra.locator.SimpleSeedProvider, parameters: [{ seeds: "127.0.0.1:${secondPort}" }] }]`,
    listen_address: '127.0.0.1',
    rpc_address: '127.0.0.1',
    storage_port: String(secondPort),
    native_transport_port: String(port),
    num_tokens: '1',
    initial_token: '"0"',
    auto_bootstrap: 'false',
    data_file_directories: `["${dir}/data"]`,
    commitlog_directory: `${dir}/commitlog`,
    saved_caches_directory: `${dir}/saved_caches`,
    hints_directory: `${dir}/hints`,
    cdc_raw_directory: `${dir}/cdc_raw`,
    // What is acknowledged is on the disk.
    commitlog_sync: 'batch',
    commitlog_segment_size: '16MiB',
    memtable_heap_space: '64MiB',
    memtable_offheap_space: '64MiB',
    memtable_allocation_type: 'offheap_objects',
    file_cache_size: '64MiB',
    key_cache_size: '0MiB',
    counter_cache_size: '0MiB',
    hinted_handoff_enabled: 'false',
    auto_snapshot: 'false',
    incremental_backups: 'false',
    concurrent_compactors: '1',
    concurrent_reads: '8',
    concurrent_writes: '8',
    concurrent_counter_writes: '2',
    read_request_timeout: '20s',
    range_request_timeout: '20s',
    write_request_timeout: '20s',
    cas_contention_timeout: '10s',
    truncate_request_timeout: '60s',
    request_timeout: '20s',
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

/** What Cassandra reaches into since Java has modules. */
export const ADD_OPENS = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.module',
  'java.base/java.lang.reflect',
  'java.base/java.nio',
  'java.base/java.util',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.util.jar',
  'java.base/sun.nio.ch',
  'jdk.compiler/com.sun.tools.javac',
  'jdk.management/com.sun.management.internal',
];

export const ADD_EXPORTS = [
  'java.base/jdk.internal.misc',
  'java.base/java.lang.ref',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
  'jdk.unsupported/sun.misc',
  'jdk.compiler/com.sun.tools.javac.file',
  'jdk.attach/sun.tools.attach',
];
