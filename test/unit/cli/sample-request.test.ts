import { describe, expect, test } from 'vitest';
import { sampleRequests } from '../../../src/cli/sample-request.ts';
import { modelOf } from '../../support/proto-model.ts';

/** What is offered for a service with these methods, each `name: rule`. */
function offered(rules: Readonly<Record<string, string>>): readonly string[] {
  const methods = Object.entries(rules).map(
    ([name, rule]) =>
      `rpc ${name}(Request) returns (Request) { ${rule === '' ? '' : `option (google.api.http) = { ${rule} };`} }`,
  );
  const source = `
    syntax = "proto3"; package test;
    import "google/api/annotations.proto";
    import "google/protobuf/timestamp.proto";
    service Shop { ${methods.join('\n')} }
    enum Size { UNKNOWN = 0; LARGE = 1; }
    message Item { string product_id = 1; uint64 count = 2; }
    message Request {
      string user_id = 1; int32 shelf = 2; bool gift = 3; bytes raw = 4; Size size = 5; Item item = 6; repeated Item items = 7;
      map<string, Item> named = 8; google.protobuf.Timestamp at = 9; double price = 10; oneof choice { string a = 11; string b = 12; }
    }`;
  return sampleRequests(modelOf({ 'shop.proto': source }, { 'test.Shop': 'action' }), 'http://localhost:9000');
}

describe('the requests to paste', () => {
  test('are one that writes, with a body that fits its message, and one that reads', () => {
    expect(offered({ Get: 'get: "/shops/{user_id}"', Add: 'post: "/shops/{user_id}" body: "*"' })).toEqual([
      `curl -X POST http://localhost:9000/shops/demo -H 'Content-Type: application/json' -d '{"shelf":1,"gift":true,"size":"LARGE","item":{"productId":"demo","count":1},"price":1}'`,
      'curl http://localhost:9000/shops/demo',
    ]);
  });

  test.each([
    ['put: "/s/{user_id}/{shelf}"', 'curl -X PUT http://localhost:9000/s/demo/1'],
    ['patch: "/s/{user_id=users/*}:move"', 'curl -X PATCH http://localhost:9000/s/users/demo:move'],
    ['get: "/s/{user_id=a/**}"', 'curl http://localhost:9000/s/a/demo'],
    ['delete: "/s/{user_id}"', 'curl -X DELETE http://localhost:9000/s/demo'],
    [
      'post: "/s/{user_id}" body: "item"',
      `curl -X POST http://localhost:9000/s/demo -H 'Content-Type: application/json' -d '{"productId":"demo","count":1}'`,
    ],
    ['', 'grpcurl -plaintext localhost:9000 list'],
  ])('for the rule %s', (rule, line) => {
    expect(offered({ Only: rule })).toEqual([line]);
  });
});
