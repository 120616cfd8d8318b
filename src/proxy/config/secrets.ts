import { readFile } from 'node:fs/promises';

/** A value that is kept elsewhere, and so is never printed. */
export type SecretReference = { readonly fromFile: string } | { readonly fromEnv: string };

export function isSecretReference(value: unknown): value is SecretReference {
  if (typeof value !== 'object' || value === null) return false;
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return false;
  return (entry[0] === 'fromFile' || entry[0] === 'fromEnv') && typeof entry[1] === 'string';
}

/** The value, without the line end that editors leave in a file; or what keeps it from being read. */
export async function readSecret(
  reference: SecretReference,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly value: string } | { readonly problem: string }> {
  if ('fromFile' in reference) {
    const { fromFile: file } = reference;
    return readFile(file, 'utf8').then(
      (text) => ({ value: text.replace(/\r?\n$/, '') }),
      (error: NodeJS.ErrnoException) => ({ problem: `cannot read ${file}: ${error.code}` }),
    );
  }
  const value = env[reference.fromEnv];
  return value === undefined ? { problem: `the environment variable ${reference.fromEnv} is not set` } : { value };
}
