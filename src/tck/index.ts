// The test kit of the Cloudstate protocol 0.2. It judges user functions, and so the libraries that they are written with,
// in the place of the proxy; and proxies, as their client and in between them and a user function.
export type { Case, ModelCase, ProxyCase, Suite } from './case.ts';
export { modelCases, proxyCases } from './cases.ts';
export { type CaseResult, judge, judgeAll } from './judge.ts';
export { ModelWorld } from './model-world.ts';
export { ProxyWorld, type ProxyWorldOptions } from './proxy-world.ts';
export { countOutcomes, type Counts, formatJson, formatJUnit, type Report, tally } from './report.ts';
export { MODEL_PROTOS } from './schema.ts';
