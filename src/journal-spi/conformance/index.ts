export { NOT_RUN_REASONS } from './case.ts';
export type { CaseContext, CaseResult, ConformanceCase, ConformanceHooks, ConformanceTarget } from './case.ts';
export { cases } from './cases.ts';
export { openSuite, runConformance } from './run.ts';
export type { ConformanceSuite, RunOptions, SuiteOptions } from './run.ts';
export { checkHistory } from './history/check.ts';
export type { Anomaly, Append, LoggedEvent, Operation } from './history/operation.ts';
