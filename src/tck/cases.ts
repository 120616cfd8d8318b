import type { ModelCase, ProxyCase } from './case.ts';
import { actionModelCases } from './suites/action-model.ts';
import { actionProxyCases } from './suites/action-proxy.ts';
import { crdtCounterCases } from './suites/crdt-counters.ts';
import { crdtEffectCases } from './suites/crdt-effects.ts';
import { crdtMapCases } from './suites/crdt-maps.ts';
import { crdtProxyCases } from './suites/crdt-proxy.ts';
import { crdtRegisterCases } from './suites/crdt-registers.ts';
import { crdtSetCases } from './suites/crdt-sets.ts';
import { discoveryCases, reflectionCases } from './suites/discovery.ts';
import { eventLogCases } from './suites/event-log.ts';
import { eventSourcedModelCases } from './suites/event-sourced-model.ts';
import { eventSourcedProxyCases } from './suites/event-sourced-proxy.ts';
import { valueEntityModelCases, valueEntityProxyCases } from './suites/value-entity.ts';

/** What a user function is judged by. */
export const modelCases: readonly ModelCase[] = [
  ...actionModelCases,
  ...valueEntityModelCases,
  ...eventSourcedModelCases,
  ...crdtEffectCases,
  ...crdtCounterCases,
  ...crdtSetCases,
  ...crdtRegisterCases,
  ...crdtMapCases,
];

/** What a proxy is judged by. */
export const proxyCases: readonly ProxyCase[] = [
  ...discoveryCases,
  ...actionProxyCases,
  ...valueEntityProxyCases,
  ...eventSourcedProxyCases,
  ...crdtProxyCases,
  ...reflectionCases,
  ...eventLogCases,
];
