import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** The path of a program, searched for as a shell does and then in the directories named. */
export async function findProgram(name: string, ...directories: readonly string[]): Promise<string | undefined> {
  for (const directory of [...(process.env['PATH'] ?? '').split(delimiter), ...directories]) {
    const path = join(directory, name);
    if (directory !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The entries of a directory, with their paths; none when there is no such directory. */
export async function entries(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.map((name) => join(directory, name));
}

/** Runs a program to its end and gives back what it printed. */
export async function run(program: string, args: readonly string[], timeoutMs = 30_000): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { timeout: timeoutMs });
  return stdout;
}

/** What makes a command run as another user, for root. */
export function asUser(user: string): readonly string[] {
  return [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
}
