// The wire contract, written down a second time by hand: `name number type`, `?` after members of a oneof.
export const EXPECTED_MESSAGES: Record<string, string> = {
  'cloudstate.Metadata': 'entries 1 repeated MetadataEntry',
  'cloudstate.MetadataEntry': 'key 1 string, string_value 2 string? value, bytes_value 3 bytes? value',
  'cloudstate.Reply': 'payload 1 Any, metadata 2 Metadata',
  'cloudstate.Forward': 'service_name 1 string, command_name 2 string, payload 3 Any, metadata 4 Metadata',
  'cloudstate.ClientAction': 'reply 1 Reply? action, forward 2 Forward? action, failure 3 Failure? action',
  'cloudstate.SideEffect':
    'service_name 1 string, command_name 2 string, payload 3 Any, synchronous 4 bool, metadata 5 Metadata',
  'cloudstate.Command':
    'entity_id 1 string, id 2 int64, name 3 string, payload 4 Any, streamed 5 bool, metadata 6 Metadata',
  'cloudstate.StreamCancelled': 'entity_id 1 string, id 2 int64',
  'cloudstate.Failure': 'command_id 1 int64, description 2 string, restart 3 bool',
  'cloudstate.EntitySpec': 'proto 1 bytes, entities 2 repeated Entity, service_info 3 ServiceInfo',
  'cloudstate.ServiceInfo':
    'service_name 1 string, service_version 2 string, service_runtime 3 string, support_library_name 4 string, ' +
    'support_library_version 5 string, protocol_major_version 6 int32, protocol_minor_version 7 int32',
  'cloudstate.Entity':
    'entity_type 1 string, service_name 2 string, persistence_id 3 string, ' +
    'passivation_strategy 4 EntityPassivationStrategy',
  'cloudstate.EntityPassivationStrategy': 'timeout 1 TimeoutPassivationStrategy? strategy',
  'cloudstate.TimeoutPassivationStrategy': 'timeout 1 int64',
  'cloudstate.UserFunctionError': 'message 1 string',
  'cloudstate.ProxyInfo':
    'protocol_major_version 1 int32, protocol_minor_version 2 int32, proxy_name 3 string, proxy_version 4 string, ' +
    'supported_entity_types 5 repeated string',
  'cloudstate.eventsourced.EventSourcedInit':
    'service_name 1 string, entity_id 2 string, snapshot 3 EventSourcedSnapshot',
  'cloudstate.eventsourced.EventSourcedSnapshot': 'snapshot_sequence 1 int64, snapshot 2 Any',
  'cloudstate.eventsourced.EventSourcedEvent': 'sequence 1 int64, payload 2 Any',
  'cloudstate.eventsourced.EventSourcedReply':
    'command_id 1 int64, client_action 2 ClientAction, side_effects 3 repeated SideEffect, events 4 repeated Any, ' +
    'snapshot 5 Any',
  'cloudstate.eventsourced.EventSourcedStreamIn':
    'init 1 EventSourcedInit? message, event 2 EventSourcedEvent? message, command 3 Command? message',
  'cloudstate.eventsourced.EventSourcedStreamOut': 'reply 1 EventSourcedReply? message, failure 2 Failure? message',
  'cloudstate.valueentity.ValueEntityStreamIn': 'init 1 ValueEntityInit? message, command 2 Command? message',
  'cloudstate.valueentity.ValueEntityInit': 'service_name 1 string, entity_id 2 string, state 3 ValueEntityInitState',
  'cloudstate.valueentity.ValueEntityInitState': 'value 1 Any',
  'cloudstate.valueentity.ValueEntityStreamOut': 'reply 1 ValueEntityReply? message, failure 2 Failure? message',
  'cloudstate.valueentity.ValueEntityReply':
    'command_id 1 int64, client_action 2 ClientAction, side_effects 3 repeated SideEffect, ' +
    'state_action 4 ValueEntityAction',
  'cloudstate.valueentity.ValueEntityAction': 'update 1 ValueEntityUpdate? action, delete 2 ValueEntityDelete? action',
  'cloudstate.valueentity.ValueEntityUpdate': 'value 1 Any',
  'cloudstate.valueentity.ValueEntityDelete': '',
  'cloudstate.action.ActionCommand': 'service_name 2 string, name 3 string, payload 4 Any, metadata 5 Metadata',
  'cloudstate.action.ActionResponse':
    'failure 1 Failure? response, reply 2 Reply? response, forward 3 Forward? response, ' +
    'side_effects 4 repeated SideEffect',
  'cloudstate.crdt.CrdtStreamIn':
    'init 1 CrdtInit? message, delta 2 CrdtDelta? message, delete 3 CrdtDelete? message, command 4 Command? message, ' +
    'stream_cancelled 5 StreamCancelled? message',
  'cloudstate.crdt.CrdtStreamOut':
    'reply 1 CrdtReply? message, streamed_message 2 CrdtStreamedMessage? message, ' +
    'stream_cancelled_response 3 CrdtStreamCancelledResponse? message, failure 4 Failure? message',
  'cloudstate.crdt.CrdtDelta':
    'gcounter 1 GCounterDelta? delta, pncounter 2 PNCounterDelta? delta, gset 3 GSetDelta? delta, ' +
    'orset 4 ORSetDelta? delta, lwwregister 5 LWWRegisterDelta? delta, flag 6 FlagDelta? delta, ' +
    'ormap 7 ORMapDelta? delta, vote 8 VoteDelta? delta',
  'cloudstate.crdt.GCounterDelta': 'increment 1 uint64',
  'cloudstate.crdt.PNCounterDelta': 'change 1 sint64',
  'cloudstate.crdt.GSetDelta': 'added 1 repeated Any',
  'cloudstate.crdt.ORSetDelta': 'cleared 1 bool, removed 2 repeated Any, added 3 repeated Any',
  'cloudstate.crdt.LWWRegisterDelta': 'value 1 Any, clock 2 CrdtClock, custom_clock_value 3 int64',
  'cloudstate.crdt.FlagDelta': 'value 1 bool',
  'cloudstate.crdt.ORMapDelta':
    'cleared 1 bool, removed 2 repeated Any, updated 3 repeated ORMapEntryDelta, added 4 repeated ORMapEntryDelta',
  'cloudstate.crdt.ORMapEntryDelta': 'key 1 Any, delta 2 CrdtDelta',
  'cloudstate.crdt.VoteDelta': 'self_vote 1 bool, votes_for 2 int32, total_voters 3 int32',
  'cloudstate.crdt.CrdtInit': 'service_name 1 string, entity_id 2 string, delta 3 CrdtDelta',
  'cloudstate.crdt.CrdtReply':
    'command_id 1 int64, client_action 2 ClientAction, side_effects 4 repeated SideEffect, ' +
    'state_action 5 CrdtStateAction, streamed 6 bool',
  'cloudstate.crdt.CrdtStateAction':
    'update 1 CrdtDelta? action, delete 2 CrdtDelete? action, write_consistency 3 CrdtWriteConsistency',
  'cloudstate.crdt.CrdtStreamedMessage':
    'command_id 1 int64, client_action 2 ClientAction, side_effects 3 repeated SideEffect, end_stream 4 bool',
  'cloudstate.crdt.CrdtStreamCancelledResponse':
    'command_id 1 int64, side_effects 2 repeated SideEffect, state_action 3 CrdtStateAction',
  'cloudstate.Eventing': 'in 1 EventSource, out 2 EventDestination',
  'cloudstate.EventSource': 'consumer_group 1 string, topic 2 string? source, event_log 3 string? source',
  'cloudstate.EventDestination': 'topic 1 string? destination',
  'google.api.Http': 'rules 1 repeated HttpRule, fully_decode_reserved_expansion 2 bool',
  'google.api.HttpRule':
    'selector 1 string, get 2 string? pattern, put 3 string? pattern, post 4 string? pattern, ' +
    'delete 5 string? pattern, patch 6 string? pattern, custom 8 CustomHttpPattern? pattern, body 7 string, ' +
    'response_body 12 string, additional_bindings 11 repeated HttpRule',
  'google.api.CustomHttpPattern': 'kind 1 string, path 2 string',
  'google.api.HttpBody': 'content_type 1 string, data 2 bytes, extensions 3 repeated Any',
  'stategate.v1.RecordMeta': 'encoding 1 string, key_id 2 string, traceparent 3 string, request_id 4 string',
  'stategate.v1.CrdtEntry': 'state 1 CrdtState, deleted_at 2 int64',
  'stategate.v1.CrdtState':
    'gcounter 1 GCounterState? value, pncounter 2 PNCounterState? value, gset 3 GSetState? value, ' +
    'orset 4 ORSetState? value, lwwregister 5 LWWRegisterState? value, flag 6 FlagState? value, ' +
    'ormap 7 ORMapState? value, vote 8 VoteState? value',
  'stategate.v1.GCounterState': 'slots 1 repeated CounterSlot',
  'stategate.v1.PNCounterState': 'increments 1 repeated CounterSlot, decrements 2 repeated CounterSlot',
  'stategate.v1.CounterSlot': 'replica 1 string, since 2 uint64, amount 3 uint64',
  'stategate.v1.GSetState': 'elements 1 repeated Any',
  'stategate.v1.Dot': 'replica 1 string, counter 2 uint64',
  'stategate.v1.ORSetState': 'elements 1 repeated ORSetElement, seen 2 repeated Dot',
  'stategate.v1.ORSetElement': 'element 1 Any, dots 2 repeated Dot',
  'stategate.v1.LWWRegisterState': 'value 1 Any, clock_time 2 int64, replica 3 string',
  'stategate.v1.FlagState': 'value 1 bool',
  'stategate.v1.ORMapState': 'entries 1 repeated ORMapEntry, seen 2 repeated Dot',
  'stategate.v1.ORMapEntry': 'key 1 Any, versions 2 repeated ORMapVersion',
  'stategate.v1.ORMapVersion': 'dot 1 Dot, value 2 CrdtState',
  'stategate.v1.VoteState': 'slots 1 repeated VoteSlot',
  'stategate.v1.VoteSlot': 'replica 1 string, changes 2 uint64',
  'grpc.health.v1.HealthCheckRequest': 'service 1 string',
  'grpc.health.v1.HealthCheckResponse': 'status 1 ServingStatus',
  'grpc.reflection.v1.ServerReflectionRequest':
    'host 1 string, file_by_filename 3 string? message_request, file_containing_symbol 4 string? message_request, ' +
    'file_containing_extension 5 ExtensionRequest? message_request, ' +
    'all_extension_numbers_of_type 6 string? message_request, list_services 7 string? message_request',
};

export const EXPECTED_METHODS: string[] = [
  'cloudstate.EntityDiscovery/discover ProxyInfo EntitySpec',
  'cloudstate.EntityDiscovery/reportError UserFunctionError Empty',
  'cloudstate.eventsourced.EventSourced/handle stream EventSourcedStreamIn stream EventSourcedStreamOut',
  'cloudstate.valueentity.ValueEntity/handle stream ValueEntityStreamIn stream ValueEntityStreamOut',
  'cloudstate.crdt.Crdt/handle stream CrdtStreamIn stream CrdtStreamOut',
  'cloudstate.action.ActionProtocol/handleUnary ActionCommand ActionResponse',
  'cloudstate.action.ActionProtocol/handleStreamedIn stream ActionCommand ActionResponse',
  'cloudstate.action.ActionProtocol/handleStreamedOut ActionCommand stream ActionResponse',
  'cloudstate.action.ActionProtocol/handleStreamed stream ActionCommand stream ActionResponse',
  'grpc.reflection.v1.ServerReflection/ServerReflectionInfo stream ServerReflectionRequest stream ServerReflectionResponse',
  'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo stream ServerReflectionRequest stream ServerReflectionResponse',
  'grpc.health.v1.Health/Check HealthCheckRequest HealthCheckResponse',
  'grpc.health.v1.Health/Watch HealthCheckRequest stream HealthCheckResponse',
];

export const EXPECTED_EXTENSIONS: string[] = [
  'cloudstate.entity_key google.protobuf.FieldOptions 1080 bool',
  'cloudstate.legacy_entity_key google.protobuf.FieldOptions 50002 bool',
  'cloudstate.eventing google.protobuf.MethodOptions 1081 Eventing',
  'google.api.http google.protobuf.MethodOptions 72295728 HttpRule',
];
