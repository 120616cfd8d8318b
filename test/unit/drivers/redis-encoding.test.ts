import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromMember, keysOf, memberOf } from '../../../drivers/redis/src/keys.ts';
import { fromRecord, toRecord } from '../../../drivers/redis/src/records.ts';

const part = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ unit: fc.constantFrom('%', ':', '{', '}', 'a', '3', 'A'), minLength: 1, maxLength: 6 }),
);
const stream = fc.record({ namespace: part, persistenceId: part, entityId: part });

test('two streams never share a key, and a member leads back to its stream', () => {
  const keys = keysOf('p:');
  fc.assert(
    fc.property(stream, stream, (a, b) => {
      expect(fromMember(a.namespace, memberOf(a.persistenceId, a.entityId))).toEqual(a);
      const same = Object.keys(a).every((name) => Reflect.get(a, name) === Reflect.get(b, name));
      expect(keys.stream(a).head === keys.stream(b).head).toBe(same);
    }),
  );
});

test('all keys of a namespace have one hash tag, whatever its name holds', () => {
  const keys = keysOf('p:');
  fc.assert(
    fc.property(stream, (key) => {
      const { head, events, snapshots } = keys.stream(key);
      const names = [head, events, snapshots, keys.feed(key.namespace), keys.lease(key.namespace, key.entityId)];
      // As the server finds it: from the first brace to the next closing one.
      const tags = names.map((name) => name.slice(name.indexOf('{') + 1, name.indexOf('}')));
      expect(new Set(tags).size).toBe(1);
      expect(tags[0]).not.toBe('');
    }),
  );
});

test('a record gives back what was put into it', () => {
  const bytes = fc.uint8Array({ maxLength: 50 });
  const payload = fc.record(
    { manifest: fc.string({ unit: 'binary' }), payload: bytes, meta: bytes },
    { requiredKeys: ['manifest', 'payload'] },
  );
  const facts = fc.array(fc.oneof(fc.maxSafeInteger(), fc.string()), { maxLength: 3 });
  fc.assert(
    fc.property(payload, facts, (sent, said) => {
      const found = fromRecord(toRecord(sent, said));
      expect(found.facts).toEqual(said);
      expect(found.payload.manifest).toBe(sent.manifest);
      expect(Buffer.from(found.payload.payload)).toEqual(Buffer.from(sent.payload));
      expect(found.payload.meta && Buffer.from(found.payload.meta)).toEqual(sent.meta && Buffer.from(sent.meta));
    }),
  );
});
