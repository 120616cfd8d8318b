/** Columns under their names, numbers to the right. What is not printable becomes a dot. */
export function table(names: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const texts = [names, ...rows.map((row) => row.map((cell) => printable(String(cell))))];
  const widths = names.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const isNumeric = names.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const lines = texts.map((row) =>
    row
      .map((text, column) =>
        isNumeric[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Text from a store must not steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '·');
}

/** The beginning of a payload, its readable parts in between dots. */
export function preview(payload: Uint8Array, length = 60): string {
  const start = Buffer.from(payload.subarray(0, length)).toString('utf8');
  return printable(start).replaceAll('\uFFFD', '·') + (payload.length > length ? '…' : '');
}
