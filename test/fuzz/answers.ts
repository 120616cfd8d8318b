import { ok } from 'node:assert/strict';
import type { Answer, Sent } from './callers.ts';
import { ENDLESS } from './inputs.ts';

const INTERNAL = 13;

export function checkGrpc(answer: Answer): void {
  if (answer.status === 200) checkCall(answer);
  ok(answer.status === 0 || answer.status === 200 || answer.status === 415, describe(answer));
}

/** Whether a message in it has the number that nothing answers. */
export function isEndless({ pieces }: Sent): boolean {
  return Buffer.concat(pieces).includes(Buffer.from([2 << 3, ENDLESS]));
}

/** A call that was answered has a status, and INTERNAL only when the request was not what gRPC allows. */
export function checkCall(answer: Answer): void {
  if (answer.status === 0) return;
  const { 'grpc-status': status, 'grpc-message': text = '' } = answer.headers;
  ok(/^(\d|1[0-6])$/.test(String(status)), `no grpc-status: ${describe(answer)}`);
  ok(Number(status) !== INTERNAL || /frame|compressed|deserializing/i.test(String(text)), describe(answer));
}

export function checkWeb(answer: Answer): void {
  if (answer.status === 0) return;
  ok(answer.status === 200, describe(answer));
  const body = /text/.test(String(answer.headers['content-type']))
    ? Buffer.from(answer.body.toString(), 'base64')
    : answer.body;
  ok(answer.headers['grpc-status'] !== undefined || body.length > 0, `no grpc-status: ${describe(answer)}`);
}

export function checkHttp(answer: Answer): void {
  if (answer.status === 0) return;
  ok(answer.status >= 200 && answer.status < 600, describe(answer));
  ok(!/^\{"code":(13|"internal"),/.test(answer.body.toString()), describe(answer));
}

export function describe({ status, headers, body }: Answer): string {
  return `${status} ${JSON.stringify(headers)} ${body.toString('latin1').slice(0, 500)}`;
}
