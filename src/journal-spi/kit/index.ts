export * from './config.ts';
export * from './outcomes.ts';
export * from './pages.ts';
export * from './validate.ts';
export * from './verdicts.ts';
