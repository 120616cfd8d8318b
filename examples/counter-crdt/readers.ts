import { crdt, type ORSet } from '@stategate/user-function';

interface Commands {
  Read: { name: string };
  Get: object;
}

const present = (readers: ORSet<string>): object => ({ names: [...readers].toSorted() });

export const readers = crdt<ORSet<string>, Commands>({
  service: 'com.example.counter.Readers',
  persistenceId: 'readers',
  create: (make) => make.orSet(make.text),
  commands: {
    Read({ name }, set, context) {
      if (set.has(name)) context.fail(`${name} reads this page already`);
      set.add(name);
      context.onChange(present);
      context.onCancel((left) => left.delete(name));
      return present(set);
    },
    Get: (_command, set) => present(set),
  },
});
