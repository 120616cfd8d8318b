import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import postgres from '@stategate/driver-postgres/driver';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';
import { notRun } from '../support/not-run.ts';
import type { TestServer } from '../support/servers.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openDriver } from './support.ts';

/** A user with no more rights than it needs: the owner of one schema. */
const USER = { user: 'app', password: 'right-word' };

/** What a test does to the server as its superuser; ended with the test. */
export async function adminOf(server: TestServer): Promise<pg.Client> {
  const admin = new pg.Client(server.url);
  admin.on('error', () => undefined);
  await admin.connect();
  onTestFinished(() => admin.end());
  return admin;
}

/** The user of `freshConfig`; connections of it from elsewhere need its password (SCRAM), the superuser's none. */
export async function createUser(server: TestServer): Promise<void> {
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query(`CREATE ROLE ${USER.user} LOGIN PASSWORD '${USER.password}'`);
  await client.query(`DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO app', current_database()); END $$`);
  const { rows } = await client.query<{ hba_file: string }>('SHOW hba_file');
  const lines = [`host all ${USER.user} all scram-sha-256`, 'host all all all trust', 'local all all trust'];
  const values = lines.map((line) => `('${line}')`).join();
  await client.query(`COPY (VALUES ${values}) TO '${rows[0]?.hba_file}'`);
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

/** The configuration of a store that nobody else uses on the server. */
export function freshConfig(server: TestServer, more: Readonly<Record<string, unknown>> = {}) {
  return { url: server.url, ...USER, schema: `t_${randomUUID().replaceAll('-', '')}`, ...more };
}

export function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  return openDriver(postgres, config, env);
}

/** Holds the row of a stream until it is called, as a transaction of somebody else would. */
export async function lockStream(server: TestServer, schema: string, entityId: string): Promise<() => Promise<void>> {
  const admin = await adminOf(server);
  await admin.query('BEGIN');
  await admin.query(`SELECT 1 FROM ${schema}.stream WHERE entity_id = $1 FOR UPDATE`, [entityId]);
  return async () => void (await admin.query('ROLLBACK'));
}

/** A disk that has no more room than this, for the server, until the test ends. Only root of a machine can have one. */
export function smallDisk(context: TestContext, { pid }: TestServer, size: string): string {
  const folder = tempDir();
  try {
    if (pid === undefined) throw new Error('the server is not of this machine');
    chmodSync(folder.path, 0o755);
    const options = `size=${size},mode=0700,uid=${statSync(`/proc/${pid}`).uid}`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder.path], { stdio: 'pipe' });
  } catch (error) {
    folder[Symbol.dispose]();
    return notRun(context, `no disk of ${size} can be mounted here: ${String(error)}`);
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder.path]);
    folder[Symbol.dispose]();
  });
  return folder.path;
}
