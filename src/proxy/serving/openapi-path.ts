import type { PathTemplate } from './path-template.ts';

export interface OpenApiPath {
  /** Equal for paths that differ only in the names of their parameters: for OpenAPI they are one. */
  readonly shape: string;
  readonly path: string;
  /** Of the parameters, in their order. */
  readonly names: readonly string[];
}

/** A template as OpenAPI has it: each `*` and `**` is a parameter with the name of its variable, numbered when that has several. */
export function openApiPath({ steps, variables, verb }: PathTemplate): OpenApiPath {
  const owners = steps.flatMap((step, index) => {
    const variable = variables.find(({ start, end }) => start <= index && index < end);
    return step.kind === 'literal' ? [] : (variable?.fieldPath ?? 'wildcard');
  });
  const names = owners.map((owner, index) => {
    const isOnly = owners.filter((other) => other === owner).length === 1;
    return isOnly ? owner : `${owner}_${owners.slice(0, index + 1).filter((other) => other === owner).length}`;
  });
  const suffix = verb === undefined ? '' : `:${verb}`;
  const write = (parameter: (index: number) => string): string => {
    let count = 0;
    const texts = steps.map((step) => (step.kind === 'literal' ? step.text : `{${parameter(count++)}}`));
    return `/${texts.join('/')}${suffix}`;
  };
  return { shape: write(() => ''), path: write((index) => names[index] ?? ''), names };
}
