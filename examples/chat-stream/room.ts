import { eventSourced } from '@stategate/user-function';

export interface Line {
  readonly room: string;
  readonly author: string;
  readonly text: string;
}

export interface Said extends Line {
  readonly number: number;
}

interface Commands {
  Say: Line;
  History: { readonly room: string };
}

/** What a room remembers. */
const LINES = 100;

export const room = eventSourced<{ lines: Said[] }, Commands, { Said: Said }>({
  service: 'com.example.chat.Room',
  persistenceId: 'chat-room',
  initial: () => ({ lines: [] }),
  snapshot: { type: 'Lines' },

  commands: {
    Say(line, { lines }, context) {
      if (line.text.trim() === '') context.fail('There is nothing to say.');
      const said = { ...line, number: (lines.at(-1)?.number ?? 0) + 1 };
      context.emit('Said', said);
      // Carried out when the line is stored; the speaker does not wait for it.
      context.effect('com.example.chat.Chat', 'Announce', said);
      return said;
    },
    History: (_command, state) => state,
  },

  events: {
    Said: (said, { lines }) => ({ lines: [...lines.slice(1 - LINES), said] }),
  },
});
