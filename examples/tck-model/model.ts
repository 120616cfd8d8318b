import { MODEL_PROTOS } from '@stategate/tck';
import { type Running, serve } from '@stategate/user-function';
import { actionTckModel, actionTwo } from './action.ts';
import { crdtConfigured, crdtTckModel, crdtTwo } from './crdt.ts';
import { eventLogSubscriber, eventSourcedEntityOne, eventSourcedEntityTwo } from './event-log.ts';
import { eventSourcedConfigured, eventSourcedTckModel, eventSourcedTwo } from './event-sourced.ts';
import { valueEntityConfigured, valueEntityTckModel, valueEntityTwo } from './value-entity.ts';

/** Serves all that the test kit judges with. Default: the host and the port of the environment. */
export function serveModel(address: { host?: string; port?: number } = {}): Promise<Running> {
  return serve({
    protos: [...MODEL_PROTOS],
    entities: [
      actionTckModel,
      actionTwo,
      valueEntityTckModel,
      valueEntityTwo,
      valueEntityConfigured,
      eventSourcedTckModel,
      eventSourcedTwo,
      eventSourcedConfigured,
      crdtTckModel,
      crdtTwo,
      crdtConfigured,
      eventLogSubscriber,
      eventSourcedEntityOne,
      eventSourcedEntityTwo,
    ],
    name: 'tck-model',
    version: '0.1.0',
    ...address,
  });
}
