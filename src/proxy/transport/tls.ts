import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { SecureContextOptions } from 'node:tls';

/** How often the files are looked at. */
const WATCH_MS = 1_000;
/** Certificate and key are two files: they are read when both have had time to change. */
const SETTLE_MS = 200;

/** PEM files, as `api.tls` names them. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Signed the certificates that clients must show. */
  readonly ca?: string | undefined;
}

/** What is wrong with the files: one line that names the setting and the file. */
export class TlsProblem extends Error {}

/** Certificate, key and authorities, read and checked. Throws `TlsProblem`. */
export async function readTls({ cert, key, ca }: TlsFiles): Promise<SecureContextOptions> {
  const certPem = await read('cert', cert);
  const keyPem = await read('key', key);
  const caPem = ca === undefined ? undefined : await read('ca', ca);
  const certificate = parseCertificate('cert', cert, certPem);
  if (!certificate.checkPrivateKey(parseKey(key, keyPem)))
    throw new TlsProblem(`api.tls.key: ${key} is not the key of the certificate in ${cert}`);
  if (ca !== undefined && caPem !== undefined) parseCertificate('ca', ca, caPem);
  return { cert: certPem, key: keyPem, ...(caPem !== undefined && { ca: caPem }) };
}

/** Calls back, after a while, when one of the files may have changed; also when a link on the way to it has. */
export function watchTls(files: TlsFiles, onChange: () => void): { close(): void } {
  const paths = [files.cert, files.key, ...(files.ca === undefined ? [] : [files.ca])];
  let settle: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(settle);
    settle = setTimeout(onChange, SETTLE_MS).unref();
  };
  for (const path of paths) watchFile(path, { interval: WATCH_MS, persistent: false }, changed);
  return {
    close() {
      clearTimeout(settle);
      for (const path of paths) unwatchFile(path, changed);
    },
  };
}

async function read(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new TlsProblem(`api.tls.${setting}: cannot read ${path}: ${code}`);
  }
}

function parseCertificate(setting: string, path: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new TlsProblem(`api.tls.${setting}: ${path} does not hold a certificate in PEM`);
  }
}

function parseKey(path: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new TlsProblem(`api.tls.key: ${path} does not hold a private key in PEM without a password`);
  }
}
