import { type AnyOut, judge, type Turn } from './hostile-function.ts';
import type { Expected } from './ordeal.ts';

/** What any entity that handles one command at a time can do wrong; what comes of it, in the words of event sourced entities. */
export interface Misdeed extends Expected {
  readonly what: string;
  readonly does: (turn: Turn<AnyOut>) => void;
  readonly deaf?: boolean;
}

/** The service whose entities commit it, as far as texts name one. */
export const SELF = 'stategate.test.Probe';

/** The texts of value entities differ (and one of them is the same as another). */
function ofValue(text: string): string {
  return text
    .replace(/^((?:UNKNOWN )?Unexpected) entity (?:message|failure)/, '$1 Value entity failure')
    .replace(/^((?:UNKNOWN )?Unexpected) entity/, '$1 Value entity')
    .replaceAll(`${SELF}.`, 'stategate.test.ProbeValue.');
}

export const KINDS = [
  { service: 'Probe', kind: 'eventSourced', inItsWords: (text: string): string => text },
  { service: 'ProbeValue', kind: 'value', inItsWords: ofValue },
] as const;

/** Passes when an entity of the kind that does it comes to what is expected. */
export async function commit(misdeed: Misdeed, { service, kind, inItsWords }: (typeof KINDS)[number]): Promise<void> {
  const { what: _, does, deaf = false, caller, log, told, ...expected } = misdeed;
  const inWords = { caller: inItsWords(caller), log: log.map(inItsWords), told: told.map(inItsWords) };
  await judge(service, { [kind]: does, deaf }, { ...expected, ...inWords });
}
