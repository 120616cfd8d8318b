import { action } from '@stategate/user-function';
import type { Audience } from './audience.ts';
import type { Line, Said } from './room.ts';

interface Commands {
  Talk: AsyncIterable<Line>;
  Import: AsyncIterable<Line>;
  Watch: { readonly room: string };
  Announce: Said;
}

export const chat = (audience: Audience<Said>) =>
  action<Commands>({
    service: 'com.example.chat.Chat',

    commands: {
      async *Talk(lines, context) {
        for await (const line of lines) yield context.forward('com.example.chat.Room', 'Say', line);
      },
      async Import(lines, context) {
        let count = 0;
        for await (const line of lines) {
          context.effect('com.example.chat.Room', 'Say', line, { synchronous: true });
          count += 1;
        }
        return { lines: count };
      },
      Watch: ({ room }, { signal }) => audience.watch(room, signal),
      Announce(said) {
        audience.tell(said.room, said);
      },
    },
  });
