import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { request as https } from 'node:https';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client, credentials } from '@grpc/grpc-js';
import { grpc } from '@stategate/protocol';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CertificateFiles, makeCertificate, needsOpenssl } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { startWithoutServing } from '../support/in-process-proxy.ts';
import { ProtocolWorld } from '../support/protocol-world.ts';
import { findProgram } from '../support/servers/programs.ts';
import { tempDir } from '../support/temp-dir.ts';

const CHECK = '/grpc.health.v1.Health/Check';

/** Certificates of one authority for everybody: making them takes time. */
const folder = tempDir();
let authority: CertificateFiles;
let first: CertificateFiles;
let second: CertificateFiles;
let ca: Buffer;

beforeAll(async () => {
  if ((await findProgram('openssl')) === undefined) return undefined;
  authority = await makeCertificate(folder.path, 'authority');
  [first, second] = await Promise.all([
    makeCertificate(folder.path, 'first', authority),
    makeCertificate(folder.path, 'second', authority),
  ]);
  ca = readFileSync(authority.cert);
  return () => folder[Symbol.dispose]();
});
beforeEach((context) => needsOpenssl(context));

function startWorld(files: CertificateFiles, more: Readonly<Record<string, string>> = {}): Promise<ProtocolWorld> {
  return ProtocolWorld.start({ settings: { 'api.tls.cert': files.cert, 'api.tls.key': files.key, ...more } });
}

/** The name in the certificate that the server shows. */
function shownBy(port: number, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: 'localhost', ca, timeout: 5_000, ...options }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error('no handshake within 5 s')));
  });
}

/** One health check by HTTP/1.1 and Connect: whoever can do that can do everything. */
function ask(port: number, options: ConnectionOptions = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = https(
      {
        host: 'localhost',
        port,
        ca,
        method: 'POST',
        path: CHECK,
        agent: false,
        headers: { 'content-type': 'application/proto' },
        timeout: 5_000,
        ...options,
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    outgoing.once('error', reject);
    outgoing.end();
  });
}

function askOver(session: ClientHttp2Session): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': CHECK,
      'content-type': 'application/proto',
    });
    stream.once('response', (headers) => resolve(headers[':status']));
    stream.once('error', reject);
    stream.end();
  });
}

describe('a port with a certificate', () => {
  test('speaks gRPC, HTTP/2 and HTTP/1.1, chosen by ALPN, and nothing without TLS', async () => {
    await using world = await startWorld(first);
    const port = world.proxy.apiPort;
    const client = new Client(`localhost:${port}`, credentials.createSsl(ca));
    const { HealthCheckRequest, HealthCheckResponse } = grpc.health.v1;
    const status = await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        CHECK,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => HealthCheckResponse.decode(bytes).status,
        Buffer.from(HealthCheckRequest.encode({}).finish()),
        { deadline: Date.now() + 10_000 },
        (error, answer) => (error === null ? resolve(answer) : reject(error)),
      );
    });
    client.close();
    expect(status).toBe(1);
    expect(await ask(port)).toBe(200);
    expect(await ask(port, { ALPNProtocols: ['http/1.1'] })).toBe(200);
    await expect(shownBy(port, { ALPNProtocols: ['spdy/3'] })).rejects.toThrow(/alert/);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  });

  test('asks clients for a certificate when it has authorities', async () => {
    await using world = await startWorld(first, { 'api.tls.ca': authority.cert });
    const port = world.proxy.apiPort;
    const own = { cert: readFileSync(second.cert), key: readFileSync(second.key) };
    expect(await ask(port, own)).toBe(200);
    await expect(ask(port)).rejects.toThrow(/certificate required|ECONNRESET|socket hang up/);
    using strangers = tempDir();
    const stranger = await makeCertificate(strangers.path, 'stranger');
    const theirs = { cert: readFileSync(stranger.cert), key: readFileSync(stranger.key) };
    await expect(ask(port, theirs)).rejects.toThrow(/unknown ca|ECONNRESET|socket hang up/);
  });

  test('takes a new certificate for new connections and keeps the old ones', async () => {
    using dir = tempDir();
    const files = { cert: dir.file('tls.crt'), key: dir.file('tls.key') };
    const put = (from: CertificateFiles): void => {
      copyFileSync(from.key, files.key);
      copyFileSync(from.cert, files.cert);
    };
    put(first);
    await using world = await startWorld(files);
    const port = world.proxy.apiPort;
    const session = connectHttp2(`https://localhost:${port}`, { ca });
    expect(await askOver(session)).toBe(200);
    expect(await shownBy(port)).toBe('first');

    put(second);
    await eventually(async () => (await shownBy(port)) === 'second', 10_000, 'the new certificate');
    expect(await askOver(session)).toBe(200);
    expect(world.proxy.log).toContain('The certificate was read again');

    writeFileSync(files.key, readFileSync(first.key));
    await eventually(() => world.proxy.log.includes('is not the key of the certificate'), 10_000, 'the log line');
    expect(await shownBy(port)).toBe('second');
    expect(await askOver(session)).toBe(200);
    session.destroy();
  });
});

describe('files that cannot be used keep the proxy from starting, in one line', () => {
  test.each([
    ['cert', 'none.pem', /^api\.tls\.cert: cannot read \S+none\.pem: ENOENT$/],
    ['key', 'none.key', /^api\.tls\.key: cannot read \S+none\.key: ENOENT$/],
    ['ca', 'none.pem', /^api\.tls\.ca: cannot read \S+none\.pem: ENOENT$/],
    ['cert', 'text.pem', /^api\.tls\.cert: \S+text\.pem does not hold a certificate in PEM$/],
    ['key', 'text.pem', /^api\.tls\.key: \S+text\.pem does not hold a private key in PEM without a password$/],
    ['ca', 'text.pem', /^api\.tls\.ca: \S+text\.pem does not hold a certificate in PEM$/],
    ['key', 'second.key', /^api\.tls\.key: \S+second\.key is not the key of the certificate in \S+first\.pem$/],
  ])('api.tls.%s: %s', async (setting, file, message) => {
    writeFileSync(folder.file('text.pem'), 'certainly not');
    const settings = { 'api.tls.cert': first.cert, 'api.tls.key': first.key };
    const starting = startWithoutServing(1, { ...settings, [`api.tls.${setting}`]: folder.file(file) });
    await expect(starting).rejects.toThrow(message);
  });
});
