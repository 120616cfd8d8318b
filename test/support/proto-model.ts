import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEntitySpec } from '../../src/proxy/protocol/discovery.ts';
import type { ServiceModel } from '../../src/proxy/protocol/service-model.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles `.proto` sources (by file name; they may import ours) to a serialized `FileDescriptorSet`. */
export function compileProtos(sources: Readonly<Record<string, string>>): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'stategate-protos-'));
  try {
    for (const shared of ['cloudstate', 'google']) symlinkSync(join(ROOT, 'proto', shared), join(folder, shared));
    for (const [name, source] of Object.entries(sources)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), source);
    }
    return execFileSync(
      join(ROOT, 'node_modules/.bin/buf'),
      ['build', '--as-file-descriptor-set', '-o', '-#format=binpb'],
      {
        cwd: folder,
        timeout: 60_000,
        maxBuffer: 64 << 20,
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The model of a user function that declares every service of `services` as actions, or as event sourced with a persistence id. */
export function modelOf(
  sources: Readonly<Record<string, string>>,
  services: Readonly<Record<string, 'action' | { persistenceId: string }>>,
): ServiceModel {
  const entities = Object.entries(services).map(([serviceName, kind]) =>
    kind === 'action'
      ? { serviceName, entityType: 'cloudstate.action.ActionProtocol' }
      : { serviceName, entityType: 'cloudstate.eventsourced.EventSourced', persistenceId: kind.persistenceId },
  );
  const serviceInfo = { protocolMajorVersion: 0, protocolMinorVersion: 2 };
  return readEntitySpec({ proto: compileProtos(sources), entities, serviceInfo }, true).model;
}
