/** Something that the user can put right: one line that names the thing and the way out. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
