/** Where consumers keep what they could not take: one entry for each event log and group, as JSON. */
export const PARKED = '$parked';

/** An event that could not be delivered. It holds back the later events of its entity. */
export interface ParkedEvent {
  readonly entityId: string;
  readonly sequenceNr: number;
  readonly type: string;
  readonly reason: string;
  readonly tries: number;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** One entry. */
export interface ParkedEvents {
  readonly eventLog: string;
  readonly group: string;
  readonly parked: readonly ParkedEvent[];
}
