import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';
import { notRun } from './not-run.ts';
import { findProgram } from './servers/programs.ts';

const run = promisify(execFile);

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Ends the test as not run where no certificates can be made. */
export async function needsOpenssl(context: TestContext): Promise<void> {
  if ((await findProgram('openssl')) === undefined) notRun(context, 'openssl is missing: npm run test:install openssl');
}

/** Makes `<name>.pem` and `<name>.key` in a folder, for `localhost`; signed by `by`, or by itself and able to sign others. */
export async function makeCertificate(folder: string, name: string, by?: CertificateFiles): Promise<CertificateFiles> {
  const files = { cert: `${folder}/${name}.pem`, key: `${folder}/${name}.key` };
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'.split(' ');
  const made = ['-keyout', files.key, '-out', files.cert, '-subj', `/CN=${name}`];
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const signed =
    by === undefined ? [] : ['-CA', by.cert, '-CAkey', by.key, '-addext', 'basicConstraints=critical,CA:FALSE'];
  await run('openssl', [...request, ...made, ...names, ...signed]);
  return files;
}
