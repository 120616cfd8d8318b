import type { Readable } from 'node:stream';

const LONGEST = 16_384;

/** Hands out a stream's text line by line; a line of more than 16384 characters in pieces. */
export function forEachLine(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line.replace(/\r$/, ''));
    for (; rest.length > LONGEST; rest = rest.slice(LONGEST)) take(rest.slice(0, LONGEST));
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}
