import { modelOf } from '../../../support/proto-model.ts';

const TALLY = `syntax = "proto3";
package foreign.tally;
import "google/protobuf/empty.proto";
import "google/api/annotations.proto";
import "cloudstate/entity_key.proto";

message Add {
  string id = 1 [(.cloudstate.entity_key) = true];
  int32 amount = 2;
}
message Link {
  string id = 1 [(.cloudstate.entity_key) = true];
  string other = 2;
}
message Ask { string id = 1 [(.cloudstate.entity_key) = true]; }
message Total { int32 total = 1; }

service Tally {
  rpc Plus(Add) returns (Total) { option (google.api.http) = { post: "/tally/{id}/plus" body: "*" }; }
  rpc Get(Ask) returns (Total) { option (google.api.http) = { get: "/tally/{id}" }; }
  rpc Both(Link) returns (google.protobuf.Empty);
  rpc Boom(Ask) returns (Total);
}
`;

const CART = `syntax = "proto3";
package com.example.shoppingcart;
import "google/protobuf/empty.proto";
import "google/api/annotations.proto";
import "cloudstate/entity_key.proto";

message AddLineItem {
  string user_id = 1 [(.cloudstate.entity_key) = true];
  string product_id = 2;
  string name = 3;
  int32 quantity = 4;
}
message RemoveLineItem {
  string user_id = 1 [(.cloudstate.entity_key) = true];
  string product_id = 2;
}
message GetShoppingCart { string user_id = 1 [(.cloudstate.entity_key) = true]; }
message LineItem {
  string product_id = 1;
  string name = 2;
  int32 quantity = 3;
}
message Cart { repeated LineItem items = 1; }

service ShoppingCart {
  rpc AddItem(AddLineItem) returns (google.protobuf.Empty) {
    option (google.api.http) = { post: "/cart/{user_id}/items/add" body: "*" };
  }
  rpc RemoveItem(RemoveLineItem) returns (google.protobuf.Empty) {
    option (google.api.http) = { post: "/cart/{user_id}/items/{product_id}/remove" };
  }
  rpc GetCart(GetShoppingCart) returns (Cart) {
    option (google.api.http) = {
      get: "/carts/{user_id}"
      additional_bindings { get: "/carts/{user_id}/items" response_body: "items" }
    };
  }
}
`;

const TYPES = `syntax = "proto3";
package sample.types;
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

// Of what can be chosen.
enum Color { RED = 0; GREEN = 1; }
message Inner {
  string text = 1;
  repeated int64 numbers = 2;
  Inner inner = 3;
}
// A field of every type.
// And of every shape.
message Everything {
  // Whatever was said.
  string text = 1;
  int32 int = 2;
  uint32 unsigned = 3;
  int64 long = 4;
  uint64 unsigned_long = 5;
  float float = 6;
  double double = 7;
  bool bool = 8;
  bytes bytes = 9;
  Color color = 10;
  Inner inner_message = 11;
  repeated int32 numbers = 12;
  map<string, int32> counts = 13;
  optional string maybe = 14;
  oneof choice {
    string left = 15;
    int64 right = 16;
  }
  google.protobuf.Any any = 17;
  google.protobuf.Timestamp at = 18;
  repeated Color colors = 19;
  google.protobuf.Duration lasts = 20;
  google.protobuf.FieldMask mask = 21;
  google.protobuf.Int64Value wrapped = 22;
  google.protobuf.BoolValue wrapped_bool = 23;
  repeated google.protobuf.Timestamp times = 24;
  google.protobuf.Struct struct = 25;
  google.protobuf.Value value = 26;
  google.api.HttpBody file = 27;
  bool old = 28 [deprecated = true];
}

// Says back what it hears.
service Types {
  // Says it once.
  // The same that came.
  rpc Echo(Everything) returns (Everything) {
    option (google.api.http) = {
      post: "/echo" body: "*"
      additional_bindings { get: "/echo" }
      additional_bindings { put: "/echo/{left}" body: "inner_message" }
      additional_bindings { put: "/text/{int}" body: "text" response_body: "text" }
      additional_bindings { get: "/at" response_body: "at" }
      additional_bindings { get: "/long/{long}" response_body: "long" }
      additional_bindings { get: "/paths/{int}/{unsigned_long}/{bool}/{double}/{bytes}" }
      additional_bindings { post: "/choice/{right}" body: "*" }
      additional_bindings { get: "/nested/{inner_message.inner.text}/of/{text=shelves/*/books/**}:read" }
      additional_bindings { custom: { kind: "*" path: "/any/{text=**}" } }
      additional_bindings { put: "/files/{text}" body: "file" response_body: "file" }
    };
  }
  rpc File(Inner) returns (google.api.HttpBody) { option (google.api.http) = { get: "/file/{text}" }; }
  rpc Upload(google.api.HttpBody) returns (Inner) { option (google.api.http) = { post: "/upload" body: "*" }; }
  rpc Watch(Inner) returns (stream Inner) {
    option (google.api.http) = {
      get: "/watch/{text}"
      additional_bindings { get: "/texts/{text}" response_body: "text" }
    };
  }
  rpc Download(Inner) returns (stream google.api.HttpBody) { option (google.api.http) = { get: "/download/{text}" }; }
  rpc Collect(stream Inner) returns (Inner);
  rpc Chat(stream Inner) returns (stream Inner);
}
`;

/** The shopping cart and the tally of the foreign user functions, and a service with every type of field. */
export const samples = modelOf(
  { 'tally.proto': TALLY, 'shop/cart.proto': CART, 'sample/types.proto': TYPES },
  {
    'foreign.tally.Tally': { persistenceId: 'tally' },
    'com.example.shoppingcart.ShoppingCart': { persistenceId: 'cart' },
    'sample.types.Types': 'action',
  },
);
