import { crdt, type GCounter } from '@stategate/user-function';

interface Commands {
  Count: { times: number };
  Get: object;
  Watch: object;
}

const total = (views: GCounter): object => ({ views: views.value });

export const views = crdt<GCounter, Commands>({
  service: 'com.example.counter.Views',
  persistenceId: 'views',
  create: (make) => make.gCounter(),
  commands: {
    Count({ times }, counter, context) {
      if (times > 1_000) context.fail(`${times} views at once are too many`);
      counter.increment(Math.max(1, times));
      return total(counter);
    },
    Get: (_command, counter) => total(counter),
    Watch(_command, counter, context) {
      context.onChange(total);
      return total(counter);
    },
  },
});
