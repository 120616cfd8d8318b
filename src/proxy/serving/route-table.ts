import type { PathTemplate } from './path-template.ts';

/** The route of a request, with the variables of its template as they were sent, percent-encoded; or the verbs that the path has. */
export type RouteMatch<R> =
  | { readonly found: true; readonly route: R; readonly variables: readonly string[] }
  | { readonly found: false; readonly allowed: readonly string[] };

interface Target<R> {
  readonly template: PathTemplate;
  readonly route: R;
}

/** Targets by the template's verb (what follows `:`), then by HTTP verb. */
type Targets<R> = Map<string | undefined, Map<string, Target<R>>>;

interface Node<R> {
  readonly literals: Map<string, Node<R>>;
  any?: Node<R>;
  readonly here: Targets<R>;
  readonly rest: Targets<R>;
}

/**
 * Routes as a tree of path segments. The most specific one wins: segment by segment from the left, a literal before `*` before `**`,
 * then the verb itself before any verb. Of two that match exactly the same, the one added last.
 */
export class RouteTable<R> {
  readonly #root: Node<R> = createNode();

  /** `verb` is an HTTP verb in capitals, or `*`. */
  add(verb: string, template: PathTemplate, route: R): void {
    let node = this.#root;
    let targets: Targets<R> | undefined;
    for (const step of template.steps) {
      if (step.kind === 'literal') {
        const next: Node<R> = node.literals.get(step.text) ?? createNode();
        node.literals.set(step.text, next);
        node = next;
      } else if (step.kind === 'any') node = node.any ??= createNode();
      else targets = node.rest;
    }
    targets ??= node.here;
    const byVerb = targets.get(template.verb) ?? new Map<string, Target<R>>();
    targets.set(template.verb, byVerb.set(verb, { template, route }));
  }

  /** `path` is the raw path, without the query. */
  find(verb: string, path: string): RouteMatch<R> {
    if (!path.startsWith('/')) return { found: false, allowed: [] };
    const segments = path.slice(1).split('/');
    const last = segments.length - 1;
    const lastText = segments[last] ?? '';
    const colon = lastText.lastIndexOf(':');
    const templateVerb = colon < 0 ? undefined : lastText.slice(colon + 1);
    const plain = colon < 0 ? segments : [...segments.slice(0, last), lastText.slice(0, colon)];
    const allowed = new Set<string>();

    const pick = (targets: Targets<R>, suffix: string | undefined): Target<R> | undefined => {
      const byVerb = targets.get(suffix);
      if (byVerb === undefined) return undefined;
      for (const known of byVerb.keys()) allowed.add(known);
      return byVerb.get(verb) ?? byVerb.get('*');
    };
    const search = (node: Node<R>, index: number): Target<R> | undefined => {
      const segment = plain[index];
      if (segment === undefined) return pick(node.here, templateVerb);
      const literal = node.literals.get(segment);
      return (
        (literal && search(literal, index + 1)) ??
        (node.any && !segment.includes(':') ? search(node.any, index + 1) : undefined) ??
        (templateVerb === undefined ? undefined : pick(node.rest, templateVerb)) ??
        pick(node.rest, undefined)
      );
    };

    const target = search(this.#root, 0);
    if (target === undefined) return { found: false, allowed: [...allowed].toSorted() };
    const { steps, variables, verb: suffix } = target.template;
    const texts = suffix === undefined ? segments : plain;
    const values = variables.map(({ start, end }) =>
      texts.slice(start, steps[end - 1]?.kind === 'rest' ? undefined : end).join('/'),
    );
    return { found: true, route: target.route, variables: values };
  }
}

function createNode<R>(): Node<R> {
  return { literals: new Map(), here: new Map(), rest: new Map() };
}
