import type { Epoch, Fence, SequenceNr } from '@stategate/journal-spi';
import { checkEpoch } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import type { Parts } from './bodies.ts';
import { META, number, numberOf, text, textOf } from './items.ts';
import type { Item } from './items.ts';
import type { Table } from './table.ts';

/** What a stream has beside its log, in one item, so that it changes under a condition on its epoch. */
export interface Meta {
  readonly deletedTo: SequenceNr;
  /** Of the last recovery. */
  readonly epoch: Epoch;
  readonly version: number;
  /** The newest last. */
  readonly snapshots: readonly SnapshotEntry[];
}

export interface SnapshotEntry {
  readonly sequenceNr: SequenceNr;
  /** The commit that the snapshot follows. */
  readonly commit: number;
  readonly at: number;
  readonly body: Parts;
}

const NOT_FENCED = '(attribute_not_exists(e) OR e <= :e)';

export async function readMeta(table: Table, pk: string, call: Call): Promise<Meta> {
  return toMeta((await table.get({ pk, sk: META }, call)) ?? {});
}

/** Raises the epoch that guards the item. Throws `Fenced` when it is higher. */
export async function sealMeta(table: Table, pk: string, fence: Fence, call: Call): Promise<Meta> {
  const meta = await readMeta(table, pk, call);
  if (meta.epoch === fence.epoch) return meta;
  const { written, item } = await table.update(
    { pk, sk: META },
    { change: 'SET e = :e', when: NOT_FENCED, values: { ':e': number(fence.epoch) }, returns: 'ALL_NEW' },
    call,
  );
  if (!written) checkEpoch(fence, numberOf(item, 'e'));
  return toMeta(item);
}

/** Moves the mark forward, or leaves it. Throws `Fenced` for an earlier owner. */
export async function moveDeletedTo(table: Table, pk: string, to: SequenceNr, fence: Fence, call: Call): Promise<void> {
  const values = { ':d': number(to), ':e': number(fence.epoch) };
  const { written, item } = await table.update(
    { pk, sk: META },
    { change: 'SET d = :d', when: `${NOT_FENCED} AND (attribute_not_exists(d) OR d < :d)`, values },
    call,
    'write',
  );
  if (!written) checkEpoch(fence, numberOf(item, 'e'));
}

/** Puts another list in place of the one that was read. False when somebody else was faster. Throws `Fenced` for an earlier owner. */
export async function replaceSnapshots(
  table: Table,
  pk: string,
  { version }: Meta,
  snapshots: readonly SnapshotEntry[],
  fence: Fence | undefined,
  call: Call,
): Promise<boolean> {
  const unchanged = version === 0 ? 'attribute_not_exists(v)' : 'v = :v';
  const { written, item } = await table.update(
    { pk, sk: META },
    {
      change: 'SET s = :s ADD v :one',
      when: fence === undefined ? unchanged : `${unchanged} AND ${NOT_FENCED}`,
      values: {
        ':s': text(JSON.stringify(snapshots)),
        ':one': number(1),
        ...(version > 0 && { ':v': number(version) }),
        ...(fence !== undefined && { ':e': number(fence.epoch) }),
      },
    },
    call,
    'write',
  );
  if (!written && fence !== undefined) checkEpoch(fence, numberOf(item, 'e'));
  return written;
}

function toMeta(item: Item): Meta {
  return {
    deletedTo: numberOf(item, 'd'),
    epoch: numberOf(item, 'e'),
    version: numberOf(item, 'v'),
    snapshots: JSON.parse(textOf(item, 's') || '[]') as SnapshotEntry[],
  };
}
