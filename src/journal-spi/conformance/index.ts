export { NOT_RUN_REASONS } from './case.ts';
export type {
  CaseContext,
  CaseResult,
  ConformanceCase,
  ConformanceHooks,
  ConformanceTarget,
  ServerHooks,
} from './case.ts';
export { cases } from './cases.ts';
export { FAMILIES, familyOf } from './families.ts';
export type { Family } from './families.ts';
export { countOutcomes, formatReport, hashSources, parseReport, reasonOf, reportConformance } from './result.ts';
export type { CaseReport, ConformanceReport, ReportFacts, ServerKind, SourceHash } from './result.ts';
export { openSuite, runConformance } from './run.ts';
export type { ConformanceSuite, RunOptions, SuiteOptions } from './run.ts';
export { checkHistory } from './history/check.ts';
export type { Anomaly, Append, LoggedEvent, Operation } from './history/operation.ts';
