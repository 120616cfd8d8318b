import cassandra from 'cassandra-driver';
import { isStoreError } from '@stategate/journal-spi';
import type { Effect } from '@stategate/journal-spi/kit';
import { describe, expect, test } from 'vitest';
import { toStoreError } from '../../../drivers/cassandra/src/errors.ts';
import { optionsSchema, shortForm } from '../../../drivers/cassandra/src/options.ts';

const { errors, types } = cassandra;
const codes = types.responseErrorCodes;

function codeOf(error: unknown, effect: Effect): unknown {
  const mapped = toStoreError(error, effect);
  return isStoreError(mapped) ? mapped.code : mapped;
}

function response(code: number, more: object = {}, message = 'text'): Error {
  return Object.assign(new errors.ResponseError(code, message), more);
}

function noHost(reason?: Error): Error {
  return new errors.NoHostAvailableError(reason === undefined ? {} : { host: reason }, 'none');
}

// What a server of one node hardly ever says; what it does say is provoked in test/drivers/cassandra-specials.test.ts.
describe('errors of the client library', () => {
  const serial = { consistencies: types.consistencies.localSerial };
  const quorum = { consistencies: types.consistencies.localQuorum };

  test.each<[string, Error, unknown, unknown]>([
    ['overloaded (Z-13)', response(codes.overloaded), 'Throttled', 'Throttled'],
    ['bootstrapping', response(codes.isBootstrapping), 'StoreUnavailable', 'StoreUnavailable'],
    ['too few for consensus', response(codes.unavailableException, serial), 'StoreUnavailable', 'StoreUnavailable'],
    ['too few to commit', response(codes.unavailableException, quorum), 'AmbiguousWrite', 'StoreUnavailable'],
    ['write timeout', response(codes.writeTimeout), 'AmbiguousWrite', 'StoreUnavailable'],
    ['read timeout in consensus', response(codes.readTimeout), 'AmbiguousWrite', 'StoreUnavailable'],
    ['write failure', response(codes.writeFailure), 'AmbiguousWrite', 'StoreUnavailable'],
    ['unknown result of consensus', response(0x1700), 'AmbiguousWrite', 'StoreUnavailable'],
    ['server error', response(codes.serverError), 'AmbiguousWrite', 'StoreUnavailable'],
    ['too large', response(codes.invalid, {}, 'Request is too big'), 'PayloadTooLarge', 'PayloadTooLarge'],
    ['timeout of the client', new errors.OperationTimedOutError('late', 'host'), 'AmbiguousWrite', 'StoreUnavailable'],
    [
      'lost connection',
      Reflect.construct(errors.DriverError, ['closed']) as Error,
      'AmbiguousWrite',
      'StoreUnavailable',
    ],
    ['busy connections', noHost(new errors.BusyConnectionError('host', 1, 1)), 'Throttled', 'Throttled'],
    ['no host', noHost(), 'StoreUnavailable', 'StoreUnavailable'],
  ])('%s', (_, error, asWrite, asRead) => {
    expect([codeOf(error, 'write'), codeOf(error, 'seal'), codeOf(error, 'read')]).toEqual([asWrite, asRead, asRead]);
  });

  test('what is no error of a store is left as it is', () => {
    const mistake = new TypeError('ours');
    expect(toStoreError(mistake, 'write')).toBe(mistake);
  });
});

describe('the short form', () => {
  test.each<[string, object]>([
    ['//host', { contactPoints: ['host'] }],
    ['host', { contactPoints: ['host'] }],
    ['//a:1,b:2/space', { contactPoints: ['a:1', 'b:2'], keyspace: 'space' }],
    [
      '//me:p%40ss@a/?localDataCenter=dc1',
      { contactPoints: ['a'], username: 'me', password: 'p@ss', localDataCenter: 'dc1' },
    ],
  ])('%s', (text, config) => {
    expect(shortForm(text)).toEqual(config);
    expect(optionsSchema.safeParse(config).success).toBe(true);
  });

  test('what it does not know is refused by the schema', () => {
    expect(optionsSchema.safeParse(shortForm('//a/?consistency=one')).success).toBe(false);
  });
});
