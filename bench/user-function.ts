import { join } from 'node:path';
import { eventSourced, serve } from '@stategate/user-function';

// Takes its port as the argument.

interface Commands {
  Add: { id: string; text: string };
}

interface Events {
  Added: { text: string };
}

const notes = eventSourced<number, Commands, Events>({
  service: 'stategate.bench.Notes',
  persistenceId: 'notes',
  initial: () => 0,
  commands: {
    Add(note, _count, context) {
      context.emit('Added', { text: note.text });
      return note;
    },
  },
  events: { Added: (_event, count) => count + 1 },
});

await serve({
  protos: [join(import.meta.dirname, 'notes.proto')],
  entities: [notes],
  host: '127.0.0.1',
  port: Number(process.argv[2]),
});
process.stdout.write('listening\n');
