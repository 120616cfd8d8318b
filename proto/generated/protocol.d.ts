// Generated from the .proto files by `npm run generate`. Do not edit.
import * as $protobuf from "protobufjs/minimal.js";

/** Namespace cloudstate. */
export namespace cloudstate {

    /** Namespace action. */
    namespace action {

        /** Represents an ActionCommand. */
        class ActionCommand {

            /**
             * Constructs a new ActionCommand.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.action.ActionCommand.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ActionCommand serviceName. */
            serviceName: string;

            /** ActionCommand name. */
            name: string;

            /** ActionCommand payload. */
            payload?: (google.protobuf.Any.$Properties|null);

            /** ActionCommand metadata. */
            metadata?: (cloudstate.Metadata.$Properties|null);

            /**
             * Creates a new ActionCommand instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ActionCommand instance
             */
            static create(properties: cloudstate.action.ActionCommand.$Shape): cloudstate.action.ActionCommand & cloudstate.action.ActionCommand.$Shape;
            static create(properties?: cloudstate.action.ActionCommand.$Properties): cloudstate.action.ActionCommand;

            /**
             * Encodes the specified ActionCommand message. Does not implicitly {@link cloudstate.action.ActionCommand.verify|verify} messages.
             * @param message ActionCommand message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.action.ActionCommand.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an ActionCommand message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.action.ActionCommand & cloudstate.action.ActionCommand.$Shape} ActionCommand
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.action.ActionCommand & cloudstate.action.ActionCommand.$Shape;
        }

        namespace ActionCommand {

            /** Properties of an ActionCommand. */
            interface $Properties {

                /** ActionCommand serviceName */
                serviceName?: (string|null);

                /** ActionCommand name */
                name?: (string|null);

                /** ActionCommand payload */
                payload?: (google.protobuf.Any.$Properties|null);

                /** ActionCommand metadata */
                metadata?: (cloudstate.Metadata.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an ActionCommand. */
            type $Shape = {
              serviceName?: string|null;
              name?: string|null;
              payload?: google.protobuf.Any.$Shape|null;
              metadata?: cloudstate.Metadata.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents an ActionResponse. */
        class ActionResponse {

            /**
             * Constructs a new ActionResponse.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.action.ActionResponse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ActionResponse failure. */
            failure?: (cloudstate.Failure.$Properties|null);

            /** ActionResponse reply. */
            reply?: (cloudstate.Reply.$Properties|null);

            /** ActionResponse forward. */
            forward?: (cloudstate.Forward.$Properties|null);

            /** ActionResponse sideEffects. */
            sideEffects: cloudstate.SideEffect.$Properties[];

            /** ActionResponse response. */
            response?: ("failure"|"reply"|"forward");

            /**
             * Creates a new ActionResponse instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ActionResponse instance
             */
            static create(properties: cloudstate.action.ActionResponse.$Shape): cloudstate.action.ActionResponse & cloudstate.action.ActionResponse.$Shape;
            static create(properties?: cloudstate.action.ActionResponse.$Properties): cloudstate.action.ActionResponse;

            /**
             * Encodes the specified ActionResponse message. Does not implicitly {@link cloudstate.action.ActionResponse.verify|verify} messages.
             * @param message ActionResponse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.action.ActionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an ActionResponse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.action.ActionResponse & cloudstate.action.ActionResponse.$Shape} ActionResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.action.ActionResponse & cloudstate.action.ActionResponse.$Shape;
        }

        namespace ActionResponse {

            /** Properties of an ActionResponse. */
            interface $Properties {

                /** ActionResponse failure */
                failure?: (cloudstate.Failure.$Properties|null);

                /** ActionResponse reply */
                reply?: (cloudstate.Reply.$Properties|null);

                /** ActionResponse forward */
                forward?: (cloudstate.Forward.$Properties|null);

                /** ActionResponse sideEffects */
                sideEffects?: (cloudstate.SideEffect.$Properties[]|null);

                /** ActionResponse response */
                response?: ("failure"|"reply"|"forward");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an ActionResponse. */
            type $Shape = {
              failure?: cloudstate.Failure.$Shape|null;
              reply?: cloudstate.Reply.$Shape|null;
              forward?: cloudstate.Forward.$Shape|null;
              sideEffects?: cloudstate.SideEffect.$Shape[]|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ response?: undefined; failure?: null; reply?: null; forward?: null }|{ response?: "failure"; failure: cloudstate.Failure.$Shape; reply?: null; forward?: null }|{ response?: "reply"; failure?: null; reply: cloudstate.Reply.$Shape; forward?: null }|{ response?: "forward"; failure?: null; reply?: null; forward: cloudstate.Forward.$Shape })
            );
        }
    }

    /**
     * Ordered entries. A transport that cannot carry an entry may drop it.
     * A CloudEvent travels in the HTTP binary mode keys (ce-id, ce-source, ce-type, ...).
     */
    class Metadata {

        /**
         * Constructs a new Metadata.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.Metadata.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Metadata entries. */
        entries: cloudstate.MetadataEntry.$Properties[];

        /**
         * Creates a new Metadata instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Metadata instance
         */
        static create(properties: cloudstate.Metadata.$Shape): cloudstate.Metadata & cloudstate.Metadata.$Shape;
        static create(properties?: cloudstate.Metadata.$Properties): cloudstate.Metadata;

        /**
         * Encodes the specified Metadata message. Does not implicitly {@link cloudstate.Metadata.verify|verify} messages.
         * @param message Metadata message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.Metadata.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Metadata message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.Metadata & cloudstate.Metadata.$Shape} Metadata
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.Metadata & cloudstate.Metadata.$Shape;
    }

    namespace Metadata {

        /** Properties of a Metadata. */
        interface $Properties {

            /** Metadata entries */
            entries?: (cloudstate.MetadataEntry.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Metadata. */
        type $Shape = {
          entries?: cloudstate.MetadataEntry.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** A key may occur several times. */
    class MetadataEntry {

        /**
         * Constructs a new MetadataEntry.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.MetadataEntry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MetadataEntry key. */
        key: string;

        /** MetadataEntry stringValue. */
        stringValue?: (string|null);

        /** MetadataEntry bytesValue. */
        bytesValue?: (Uint8Array|null);

        /** MetadataEntry value. */
        value?: ("stringValue"|"bytesValue");

        /**
         * Creates a new MetadataEntry instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MetadataEntry instance
         */
        static create(properties: cloudstate.MetadataEntry.$Shape): cloudstate.MetadataEntry & cloudstate.MetadataEntry.$Shape;
        static create(properties?: cloudstate.MetadataEntry.$Properties): cloudstate.MetadataEntry;

        /**
         * Encodes the specified MetadataEntry message. Does not implicitly {@link cloudstate.MetadataEntry.verify|verify} messages.
         * @param message MetadataEntry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.MetadataEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MetadataEntry message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.MetadataEntry & cloudstate.MetadataEntry.$Shape} MetadataEntry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.MetadataEntry & cloudstate.MetadataEntry.$Shape;
    }

    namespace MetadataEntry {

        /** Properties of a MetadataEntry. */
        interface $Properties {

            /** MetadataEntry key */
            key?: (string|null);

            /** MetadataEntry stringValue */
            stringValue?: (string|null);

            /** MetadataEntry bytesValue */
            bytesValue?: (Uint8Array|null);

            /** MetadataEntry value */
            value?: ("stringValue"|"bytesValue");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a MetadataEntry. */
        type $Shape = {
          key?: string|null;
          stringValue?: string|null;
          bytesValue?: Uint8Array|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ value?: undefined; stringValue?: null; bytesValue?: null }|{ value?: "stringValue"; stringValue: string; bytesValue?: null }|{ value?: "bytesValue"; stringValue?: null; bytesValue: Uint8Array })
        );
    }

    /** The answer for the caller. */
    class Reply {

        /**
         * Constructs a new Reply.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.Reply.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Reply payload. */
        payload?: (google.protobuf.Any.$Properties|null);

        /** Reply metadata. */
        metadata?: (cloudstate.Metadata.$Properties|null);

        /**
         * Creates a new Reply instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Reply instance
         */
        static create(properties: cloudstate.Reply.$Shape): cloudstate.Reply & cloudstate.Reply.$Shape;
        static create(properties?: cloudstate.Reply.$Properties): cloudstate.Reply;

        /**
         * Encodes the specified Reply message. Does not implicitly {@link cloudstate.Reply.verify|verify} messages.
         * @param message Reply message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.Reply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Reply message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.Reply & cloudstate.Reply.$Shape} Reply
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.Reply & cloudstate.Reply.$Shape;
    }

    namespace Reply {

        /** Properties of a Reply. */
        interface $Properties {

            /** Reply payload */
            payload?: (google.protobuf.Any.$Properties|null);

            /** Reply metadata */
            metadata?: (cloudstate.Metadata.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Reply. */
        type $Shape = {
          payload?: google.protobuf.Any.$Shape|null;
          metadata?: cloudstate.Metadata.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** Another command whose reply becomes the answer for the caller. */
    class Forward {

        /**
         * Constructs a new Forward.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.Forward.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Forward serviceName. */
        serviceName: string;

        /** Forward commandName. */
        commandName: string;

        /** Forward payload. */
        payload?: (google.protobuf.Any.$Properties|null);

        /** Forward metadata. */
        metadata?: (cloudstate.Metadata.$Properties|null);

        /**
         * Creates a new Forward instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Forward instance
         */
        static create(properties: cloudstate.Forward.$Shape): cloudstate.Forward & cloudstate.Forward.$Shape;
        static create(properties?: cloudstate.Forward.$Properties): cloudstate.Forward;

        /**
         * Encodes the specified Forward message. Does not implicitly {@link cloudstate.Forward.verify|verify} messages.
         * @param message Forward message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.Forward.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Forward message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.Forward & cloudstate.Forward.$Shape} Forward
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.Forward & cloudstate.Forward.$Shape;
    }

    namespace Forward {

        /** Properties of a Forward. */
        interface $Properties {

            /** Forward serviceName */
            serviceName?: (string|null);

            /** Forward commandName */
            commandName?: (string|null);

            /** Forward payload */
            payload?: (google.protobuf.Any.$Properties|null);

            /** Forward metadata */
            metadata?: (cloudstate.Metadata.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Forward. */
        type $Shape = {
          serviceName?: string|null;
          commandName?: string|null;
          payload?: google.protobuf.Any.$Shape|null;
          metadata?: cloudstate.Metadata.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** What the caller gets. Unset: the caller gets no message. */
    class ClientAction {

        /**
         * Constructs a new ClientAction.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.ClientAction.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ClientAction reply. */
        reply?: (cloudstate.Reply.$Properties|null);

        /** ClientAction forward. */
        forward?: (cloudstate.Forward.$Properties|null);

        /** ClientAction failure. */
        failure?: (cloudstate.Failure.$Properties|null);

        /** ClientAction action. */
        action?: ("reply"|"forward"|"failure");

        /**
         * Creates a new ClientAction instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ClientAction instance
         */
        static create(properties: cloudstate.ClientAction.$Shape): cloudstate.ClientAction & cloudstate.ClientAction.$Shape;
        static create(properties?: cloudstate.ClientAction.$Properties): cloudstate.ClientAction;

        /**
         * Encodes the specified ClientAction message. Does not implicitly {@link cloudstate.ClientAction.verify|verify} messages.
         * @param message ClientAction message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.ClientAction.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ClientAction message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.ClientAction & cloudstate.ClientAction.$Shape} ClientAction
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.ClientAction & cloudstate.ClientAction.$Shape;
    }

    namespace ClientAction {

        /** Properties of a ClientAction. */
        interface $Properties {

            /** ClientAction reply */
            reply?: (cloudstate.Reply.$Properties|null);

            /** ClientAction forward */
            forward?: (cloudstate.Forward.$Properties|null);

            /** ClientAction failure */
            failure?: (cloudstate.Failure.$Properties|null);

            /** ClientAction action */
            action?: ("reply"|"forward"|"failure");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a ClientAction. */
        type $Shape = {
          reply?: cloudstate.Reply.$Shape|null;
          forward?: cloudstate.Forward.$Shape|null;
          failure?: cloudstate.Failure.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ action?: undefined; reply?: null; forward?: null; failure?: null }|{ action?: "reply"; reply: cloudstate.Reply.$Shape; forward?: null; failure?: null }|{ action?: "forward"; reply?: null; forward: cloudstate.Forward.$Shape; failure?: null }|{ action?: "failure"; reply?: null; forward?: null; failure: cloudstate.Failure.$Shape })
        );
    }

    /** A command to run after this one, whose outcome does not change the answer. */
    class SideEffect {

        /**
         * Constructs a new SideEffect.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.SideEffect.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SideEffect serviceName. */
        serviceName: string;

        /** SideEffect commandName. */
        commandName: string;

        /** SideEffect payload. */
        payload?: (google.protobuf.Any.$Properties|null);

        /** The answer for the caller waits until this effect has finished. */
        synchronous: boolean;

        /** SideEffect metadata. */
        metadata?: (cloudstate.Metadata.$Properties|null);

        /**
         * Creates a new SideEffect instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SideEffect instance
         */
        static create(properties: cloudstate.SideEffect.$Shape): cloudstate.SideEffect & cloudstate.SideEffect.$Shape;
        static create(properties?: cloudstate.SideEffect.$Properties): cloudstate.SideEffect;

        /**
         * Encodes the specified SideEffect message. Does not implicitly {@link cloudstate.SideEffect.verify|verify} messages.
         * @param message SideEffect message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.SideEffect.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SideEffect message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.SideEffect & cloudstate.SideEffect.$Shape} SideEffect
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.SideEffect & cloudstate.SideEffect.$Shape;
    }

    namespace SideEffect {

        /** Properties of a SideEffect. */
        interface $Properties {

            /** SideEffect serviceName */
            serviceName?: (string|null);

            /** SideEffect commandName */
            commandName?: (string|null);

            /** SideEffect payload */
            payload?: (google.protobuf.Any.$Properties|null);

            /** The answer for the caller waits until this effect has finished. */
            synchronous?: (boolean|null);

            /** SideEffect metadata */
            metadata?: (cloudstate.Metadata.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SideEffect. */
        type $Shape = {
          serviceName?: string|null;
          commandName?: string|null;
          payload?: google.protobuf.Any.$Shape|null;
          synchronous?: boolean|null;
          metadata?: cloudstate.Metadata.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** One call of a method of a stateful entity. */
    class Command {

        /**
         * Constructs a new Command.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.Command.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Command entityId. */
        entityId: string;

        /** Counts from 1 on every stream. */
        id: number;

        /** The short name of the method. */
        name: string;

        /** Command payload. */
        payload?: (google.protobuf.Any.$Properties|null);

        /** The method answers with a stream. */
        streamed: boolean;

        /** Command metadata. */
        metadata?: (cloudstate.Metadata.$Properties|null);

        /**
         * Creates a new Command instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Command instance
         */
        static create(properties: cloudstate.Command.$Shape): cloudstate.Command & cloudstate.Command.$Shape;
        static create(properties?: cloudstate.Command.$Properties): cloudstate.Command;

        /**
         * Encodes the specified Command message. Does not implicitly {@link cloudstate.Command.verify|verify} messages.
         * @param message Command message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.Command.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Command message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.Command & cloudstate.Command.$Shape} Command
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.Command & cloudstate.Command.$Shape;
    }

    namespace Command {

        /** Properties of a Command. */
        interface $Properties {

            /** Command entityId */
            entityId?: (string|null);

            /** Counts from 1 on every stream. */
            id?: (number|null);

            /** The short name of the method. */
            name?: (string|null);

            /** Command payload */
            payload?: (google.protobuf.Any.$Properties|null);

            /** The method answers with a stream. */
            streamed?: (boolean|null);

            /** Command metadata */
            metadata?: (cloudstate.Metadata.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Command. */
        type $Shape = {
          entityId?: string|null;
          id?: number|null;
          name?: string|null;
          payload?: google.protobuf.Any.$Shape|null;
          streamed?: boolean|null;
          metadata?: cloudstate.Metadata.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** The caller of a streamed command has gone. */
    class StreamCancelled {

        /**
         * Constructs a new StreamCancelled.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.StreamCancelled.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StreamCancelled entityId. */
        entityId: string;

        /** StreamCancelled id. */
        id: number;

        /**
         * Creates a new StreamCancelled instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StreamCancelled instance
         */
        static create(properties: cloudstate.StreamCancelled.$Shape): cloudstate.StreamCancelled & cloudstate.StreamCancelled.$Shape;
        static create(properties?: cloudstate.StreamCancelled.$Properties): cloudstate.StreamCancelled;

        /**
         * Encodes the specified StreamCancelled message. Does not implicitly {@link cloudstate.StreamCancelled.verify|verify} messages.
         * @param message StreamCancelled message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.StreamCancelled.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StreamCancelled message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.StreamCancelled & cloudstate.StreamCancelled.$Shape} StreamCancelled
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.StreamCancelled & cloudstate.StreamCancelled.$Shape;
    }

    namespace StreamCancelled {

        /** Properties of a StreamCancelled. */
        interface $Properties {

            /** StreamCancelled entityId */
            entityId?: (string|null);

            /** StreamCancelled id */
            id?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StreamCancelled. */
        type $Shape = cloudstate.StreamCancelled.$Properties;
    }

    /** Inside a client action: the command failed. On a stream: the entity failed. */
    class Failure {

        /**
         * Constructs a new Failure.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.Failure.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** 0: not about one command. */
        commandId: number;

        /** Failure description. */
        description: string;

        /** The entity must be rebuilt from its journal before the next command. */
        restart: boolean;

        /**
         * Creates a new Failure instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Failure instance
         */
        static create(properties: cloudstate.Failure.$Shape): cloudstate.Failure & cloudstate.Failure.$Shape;
        static create(properties?: cloudstate.Failure.$Properties): cloudstate.Failure;

        /**
         * Encodes the specified Failure message. Does not implicitly {@link cloudstate.Failure.verify|verify} messages.
         * @param message Failure message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.Failure.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Failure message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.Failure & cloudstate.Failure.$Shape} Failure
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.Failure & cloudstate.Failure.$Shape;
    }

    namespace Failure {

        /** Properties of a Failure. */
        interface $Properties {

            /** 0: not about one command. */
            commandId?: (number|null);

            /** Failure description */
            description?: (string|null);

            /** The entity must be rebuilt from its journal before the next command. */
            restart?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Failure. */
        type $Shape = cloudstate.Failure.$Properties;
    }

    /** What a user function offers. */
    class EntitySpec {

        /**
         * Constructs a new EntitySpec.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.EntitySpec.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** A serialized google.protobuf.FileDescriptorSet that includes all imports. */
        proto: Uint8Array;

        /** EntitySpec entities. */
        entities: cloudstate.Entity.$Properties[];

        /** EntitySpec serviceInfo. */
        serviceInfo?: (cloudstate.ServiceInfo.$Properties|null);

        /**
         * Creates a new EntitySpec instance using the specified properties.
         * @param [properties] Properties to set
         * @returns EntitySpec instance
         */
        static create(properties: cloudstate.EntitySpec.$Shape): cloudstate.EntitySpec & cloudstate.EntitySpec.$Shape;
        static create(properties?: cloudstate.EntitySpec.$Properties): cloudstate.EntitySpec;

        /**
         * Encodes the specified EntitySpec message. Does not implicitly {@link cloudstate.EntitySpec.verify|verify} messages.
         * @param message EntitySpec message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.EntitySpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an EntitySpec message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.EntitySpec & cloudstate.EntitySpec.$Shape} EntitySpec
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.EntitySpec & cloudstate.EntitySpec.$Shape;
    }

    namespace EntitySpec {

        /** Properties of an EntitySpec. */
        interface $Properties {

            /** A serialized google.protobuf.FileDescriptorSet that includes all imports. */
            proto?: (Uint8Array|null);

            /** EntitySpec entities */
            entities?: (cloudstate.Entity.$Properties[]|null);

            /** EntitySpec serviceInfo */
            serviceInfo?: (cloudstate.ServiceInfo.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an EntitySpec. */
        type $Shape = {
          proto?: Uint8Array|null;
          entities?: cloudstate.Entity.$Shape[]|null;
          serviceInfo?: cloudstate.ServiceInfo.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** Represents a ServiceInfo. */
    class ServiceInfo {

        /**
         * Constructs a new ServiceInfo.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.ServiceInfo.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ServiceInfo serviceName. */
        serviceName: string;

        /** ServiceInfo serviceVersion. */
        serviceVersion: string;

        /** ServiceInfo serviceRuntime. */
        serviceRuntime: string;

        /** ServiceInfo supportLibraryName. */
        supportLibraryName: string;

        /** ServiceInfo supportLibraryVersion. */
        supportLibraryVersion: string;

        /** ServiceInfo protocolMajorVersion. */
        protocolMajorVersion: number;

        /** ServiceInfo protocolMinorVersion. */
        protocolMinorVersion: number;

        /**
         * Creates a new ServiceInfo instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ServiceInfo instance
         */
        static create(properties: cloudstate.ServiceInfo.$Shape): cloudstate.ServiceInfo & cloudstate.ServiceInfo.$Shape;
        static create(properties?: cloudstate.ServiceInfo.$Properties): cloudstate.ServiceInfo;

        /**
         * Encodes the specified ServiceInfo message. Does not implicitly {@link cloudstate.ServiceInfo.verify|verify} messages.
         * @param message ServiceInfo message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.ServiceInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ServiceInfo message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.ServiceInfo & cloudstate.ServiceInfo.$Shape} ServiceInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.ServiceInfo & cloudstate.ServiceInfo.$Shape;
    }

    namespace ServiceInfo {

        /** Properties of a ServiceInfo. */
        interface $Properties {

            /** ServiceInfo serviceName */
            serviceName?: (string|null);

            /** ServiceInfo serviceVersion */
            serviceVersion?: (string|null);

            /** ServiceInfo serviceRuntime */
            serviceRuntime?: (string|null);

            /** ServiceInfo supportLibraryName */
            supportLibraryName?: (string|null);

            /** ServiceInfo supportLibraryVersion */
            supportLibraryVersion?: (string|null);

            /** ServiceInfo protocolMajorVersion */
            protocolMajorVersion?: (number|null);

            /** ServiceInfo protocolMinorVersion */
            protocolMinorVersion?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ServiceInfo. */
        type $Shape = cloudstate.ServiceInfo.$Properties;
    }

    /** A gRPC service and the kind of entity that answers it. */
    class Entity {

        /**
         * Constructs a new Entity.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.Entity.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** The full name of the protocol service, such as cloudstate.eventsourced.EventSourced. */
        entityType: string;

        /** The full name of the user's own service. */
        serviceName: string;

        /** Entity persistenceId. */
        persistenceId: string;

        /** Entity passivationStrategy. */
        passivationStrategy?: (cloudstate.EntityPassivationStrategy.$Properties|null);

        /**
         * Creates a new Entity instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Entity instance
         */
        static create(properties: cloudstate.Entity.$Shape): cloudstate.Entity & cloudstate.Entity.$Shape;
        static create(properties?: cloudstate.Entity.$Properties): cloudstate.Entity;

        /**
         * Encodes the specified Entity message. Does not implicitly {@link cloudstate.Entity.verify|verify} messages.
         * @param message Entity message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.Entity.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Entity message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.Entity & cloudstate.Entity.$Shape} Entity
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.Entity & cloudstate.Entity.$Shape;
    }

    namespace Entity {

        /** Properties of an Entity. */
        interface $Properties {

            /** The full name of the protocol service, such as cloudstate.eventsourced.EventSourced. */
            entityType?: (string|null);

            /** The full name of the user's own service. */
            serviceName?: (string|null);

            /** Entity persistenceId */
            persistenceId?: (string|null);

            /** Entity passivationStrategy */
            passivationStrategy?: (cloudstate.EntityPassivationStrategy.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Entity. */
        type $Shape = {
          entityType?: string|null;
          serviceName?: string|null;
          persistenceId?: string|null;
          passivationStrategy?: cloudstate.EntityPassivationStrategy.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** Represents an EntityPassivationStrategy. */
    class EntityPassivationStrategy {

        /**
         * Constructs a new EntityPassivationStrategy.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.EntityPassivationStrategy.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** EntityPassivationStrategy timeout. */
        timeout?: (cloudstate.TimeoutPassivationStrategy.$Properties|null);

        /** EntityPassivationStrategy strategy. */
        strategy?: "timeout";

        /**
         * Creates a new EntityPassivationStrategy instance using the specified properties.
         * @param [properties] Properties to set
         * @returns EntityPassivationStrategy instance
         */
        static create(properties: cloudstate.EntityPassivationStrategy.$Shape): cloudstate.EntityPassivationStrategy & cloudstate.EntityPassivationStrategy.$Shape;
        static create(properties?: cloudstate.EntityPassivationStrategy.$Properties): cloudstate.EntityPassivationStrategy;

        /**
         * Encodes the specified EntityPassivationStrategy message. Does not implicitly {@link cloudstate.EntityPassivationStrategy.verify|verify} messages.
         * @param message EntityPassivationStrategy message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.EntityPassivationStrategy.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an EntityPassivationStrategy message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.EntityPassivationStrategy & cloudstate.EntityPassivationStrategy.$Shape} EntityPassivationStrategy
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.EntityPassivationStrategy & cloudstate.EntityPassivationStrategy.$Shape;
    }

    namespace EntityPassivationStrategy {

        /** Properties of an EntityPassivationStrategy. */
        interface $Properties {

            /** EntityPassivationStrategy timeout */
            timeout?: (cloudstate.TimeoutPassivationStrategy.$Properties|null);

            /** EntityPassivationStrategy strategy */
            strategy?: "timeout";

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an EntityPassivationStrategy. */
        type $Shape = {
          timeout?: cloudstate.TimeoutPassivationStrategy.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ strategy?: undefined; timeout?: null }|{ strategy?: "timeout"; timeout: cloudstate.TimeoutPassivationStrategy.$Shape })
        );
    }

    /** Represents a TimeoutPassivationStrategy. */
    class TimeoutPassivationStrategy {

        /**
         * Constructs a new TimeoutPassivationStrategy.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.TimeoutPassivationStrategy.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Milliseconds without any traffic. */
        timeout: number;

        /**
         * Creates a new TimeoutPassivationStrategy instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TimeoutPassivationStrategy instance
         */
        static create(properties: cloudstate.TimeoutPassivationStrategy.$Shape): cloudstate.TimeoutPassivationStrategy & cloudstate.TimeoutPassivationStrategy.$Shape;
        static create(properties?: cloudstate.TimeoutPassivationStrategy.$Properties): cloudstate.TimeoutPassivationStrategy;

        /**
         * Encodes the specified TimeoutPassivationStrategy message. Does not implicitly {@link cloudstate.TimeoutPassivationStrategy.verify|verify} messages.
         * @param message TimeoutPassivationStrategy message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.TimeoutPassivationStrategy.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TimeoutPassivationStrategy message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.TimeoutPassivationStrategy & cloudstate.TimeoutPassivationStrategy.$Shape} TimeoutPassivationStrategy
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.TimeoutPassivationStrategy & cloudstate.TimeoutPassivationStrategy.$Shape;
    }

    namespace TimeoutPassivationStrategy {

        /** Properties of a TimeoutPassivationStrategy. */
        interface $Properties {

            /** Milliseconds without any traffic. */
            timeout?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TimeoutPassivationStrategy. */
        type $Shape = cloudstate.TimeoutPassivationStrategy.$Properties;
    }

    /** Represents a UserFunctionError. */
    class UserFunctionError {

        /**
         * Constructs a new UserFunctionError.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.UserFunctionError.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UserFunctionError message. */
        message: string;

        /**
         * Creates a new UserFunctionError instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UserFunctionError instance
         */
        static create(properties: cloudstate.UserFunctionError.$Shape): cloudstate.UserFunctionError & cloudstate.UserFunctionError.$Shape;
        static create(properties?: cloudstate.UserFunctionError.$Properties): cloudstate.UserFunctionError;

        /**
         * Encodes the specified UserFunctionError message. Does not implicitly {@link cloudstate.UserFunctionError.verify|verify} messages.
         * @param message UserFunctionError message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.UserFunctionError.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a UserFunctionError message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.UserFunctionError & cloudstate.UserFunctionError.$Shape} UserFunctionError
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.UserFunctionError & cloudstate.UserFunctionError.$Shape;
    }

    namespace UserFunctionError {

        /** Properties of a UserFunctionError. */
        interface $Properties {

            /** UserFunctionError message */
            message?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a UserFunctionError. */
        type $Shape = cloudstate.UserFunctionError.$Properties;
    }

    /** Represents a ProxyInfo. */
    class ProxyInfo {

        /**
         * Constructs a new ProxyInfo.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.ProxyInfo.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ProxyInfo protocolMajorVersion. */
        protocolMajorVersion: number;

        /** ProxyInfo protocolMinorVersion. */
        protocolMinorVersion: number;

        /** ProxyInfo proxyName. */
        proxyName: string;

        /** ProxyInfo proxyVersion. */
        proxyVersion: string;

        /** ProxyInfo supportedEntityTypes. */
        supportedEntityTypes: string[];

        /**
         * Creates a new ProxyInfo instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ProxyInfo instance
         */
        static create(properties: cloudstate.ProxyInfo.$Shape): cloudstate.ProxyInfo & cloudstate.ProxyInfo.$Shape;
        static create(properties?: cloudstate.ProxyInfo.$Properties): cloudstate.ProxyInfo;

        /**
         * Encodes the specified ProxyInfo message. Does not implicitly {@link cloudstate.ProxyInfo.verify|verify} messages.
         * @param message ProxyInfo message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.ProxyInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ProxyInfo message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.ProxyInfo & cloudstate.ProxyInfo.$Shape} ProxyInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.ProxyInfo & cloudstate.ProxyInfo.$Shape;
    }

    namespace ProxyInfo {

        /** Properties of a ProxyInfo. */
        interface $Properties {

            /** ProxyInfo protocolMajorVersion */
            protocolMajorVersion?: (number|null);

            /** ProxyInfo protocolMinorVersion */
            protocolMinorVersion?: (number|null);

            /** ProxyInfo proxyName */
            proxyName?: (string|null);

            /** ProxyInfo proxyVersion */
            proxyVersion?: (string|null);

            /** ProxyInfo supportedEntityTypes */
            supportedEntityTypes?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ProxyInfo. */
        type $Shape = cloudstate.ProxyInfo.$Properties;
    }

    /** Namespace crdt. */
    namespace crdt {

        /** Represents a CrdtStreamIn. */
        class CrdtStreamIn {

            /**
             * Constructs a new CrdtStreamIn.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtStreamIn.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtStreamIn init. */
            init?: (cloudstate.crdt.CrdtInit.$Properties|null);

            /** CrdtStreamIn delta. */
            delta?: (cloudstate.crdt.CrdtDelta.$Properties|null);

            /** CrdtStreamIn delete. */
            delete?: (cloudstate.crdt.CrdtDelete.$Properties|null);

            /** CrdtStreamIn command. */
            command?: (cloudstate.Command.$Properties|null);

            /** CrdtStreamIn streamCancelled. */
            streamCancelled?: (cloudstate.StreamCancelled.$Properties|null);

            /** CrdtStreamIn message. */
            message?: ("init"|"delta"|"delete"|"command"|"streamCancelled");

            /**
             * Creates a new CrdtStreamIn instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtStreamIn instance
             */
            static create(properties: cloudstate.crdt.CrdtStreamIn.$Shape): cloudstate.crdt.CrdtStreamIn & cloudstate.crdt.CrdtStreamIn.$Shape;
            static create(properties?: cloudstate.crdt.CrdtStreamIn.$Properties): cloudstate.crdt.CrdtStreamIn;

            /**
             * Encodes the specified CrdtStreamIn message. Does not implicitly {@link cloudstate.crdt.CrdtStreamIn.verify|verify} messages.
             * @param message CrdtStreamIn message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtStreamIn.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtStreamIn message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtStreamIn & cloudstate.crdt.CrdtStreamIn.$Shape} CrdtStreamIn
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtStreamIn & cloudstate.crdt.CrdtStreamIn.$Shape;
        }

        namespace CrdtStreamIn {

            /** Properties of a CrdtStreamIn. */
            interface $Properties {

                /** CrdtStreamIn init */
                init?: (cloudstate.crdt.CrdtInit.$Properties|null);

                /** CrdtStreamIn delta */
                delta?: (cloudstate.crdt.CrdtDelta.$Properties|null);

                /** CrdtStreamIn delete */
                "delete"?: (cloudstate.crdt.CrdtDelete.$Properties|null);

                /** CrdtStreamIn command */
                command?: (cloudstate.Command.$Properties|null);

                /** CrdtStreamIn streamCancelled */
                streamCancelled?: (cloudstate.StreamCancelled.$Properties|null);

                /** CrdtStreamIn message */
                message?: ("init"|"delta"|"delete"|"command"|"streamCancelled");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a CrdtStreamIn. */
            type $Shape = {
              init?: cloudstate.crdt.CrdtInit.$Shape|null;
              delta?: cloudstate.crdt.CrdtDelta.$Shape|null;
              "delete"?: cloudstate.crdt.CrdtDelete.$Shape|null;
              command?: cloudstate.Command.$Shape|null;
              streamCancelled?: cloudstate.StreamCancelled.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; init?: null; delta?: null; "delete"?: null; command?: null; streamCancelled?: null }|{ message?: "init"; init: cloudstate.crdt.CrdtInit.$Shape; delta?: null; "delete"?: null; command?: null; streamCancelled?: null }|{ message?: "delta"; init?: null; delta: cloudstate.crdt.CrdtDelta.$Shape; "delete"?: null; command?: null; streamCancelled?: null }|{ message?: "delete"; init?: null; delta?: null; "delete": cloudstate.crdt.CrdtDelete.$Shape; command?: null; streamCancelled?: null }|{ message?: "command"; init?: null; delta?: null; "delete"?: null; command: cloudstate.Command.$Shape; streamCancelled?: null }|{ message?: "streamCancelled"; init?: null; delta?: null; "delete"?: null; command?: null; streamCancelled: cloudstate.StreamCancelled.$Shape })
            );
        }

        /** Represents a CrdtStreamOut. */
        class CrdtStreamOut {

            /**
             * Constructs a new CrdtStreamOut.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtStreamOut.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtStreamOut reply. */
            reply?: (cloudstate.crdt.CrdtReply.$Properties|null);

            /** CrdtStreamOut streamedMessage. */
            streamedMessage?: (cloudstate.crdt.CrdtStreamedMessage.$Properties|null);

            /** CrdtStreamOut streamCancelledResponse. */
            streamCancelledResponse?: (cloudstate.crdt.CrdtStreamCancelledResponse.$Properties|null);

            /** CrdtStreamOut failure. */
            failure?: (cloudstate.Failure.$Properties|null);

            /** CrdtStreamOut message. */
            message?: ("reply"|"streamedMessage"|"streamCancelledResponse"|"failure");

            /**
             * Creates a new CrdtStreamOut instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtStreamOut instance
             */
            static create(properties: cloudstate.crdt.CrdtStreamOut.$Shape): cloudstate.crdt.CrdtStreamOut & cloudstate.crdt.CrdtStreamOut.$Shape;
            static create(properties?: cloudstate.crdt.CrdtStreamOut.$Properties): cloudstate.crdt.CrdtStreamOut;

            /**
             * Encodes the specified CrdtStreamOut message. Does not implicitly {@link cloudstate.crdt.CrdtStreamOut.verify|verify} messages.
             * @param message CrdtStreamOut message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtStreamOut.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtStreamOut message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtStreamOut & cloudstate.crdt.CrdtStreamOut.$Shape} CrdtStreamOut
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtStreamOut & cloudstate.crdt.CrdtStreamOut.$Shape;
        }

        namespace CrdtStreamOut {

            /** Properties of a CrdtStreamOut. */
            interface $Properties {

                /** CrdtStreamOut reply */
                reply?: (cloudstate.crdt.CrdtReply.$Properties|null);

                /** CrdtStreamOut streamedMessage */
                streamedMessage?: (cloudstate.crdt.CrdtStreamedMessage.$Properties|null);

                /** CrdtStreamOut streamCancelledResponse */
                streamCancelledResponse?: (cloudstate.crdt.CrdtStreamCancelledResponse.$Properties|null);

                /** CrdtStreamOut failure */
                failure?: (cloudstate.Failure.$Properties|null);

                /** CrdtStreamOut message */
                message?: ("reply"|"streamedMessage"|"streamCancelledResponse"|"failure");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a CrdtStreamOut. */
            type $Shape = {
              reply?: cloudstate.crdt.CrdtReply.$Shape|null;
              streamedMessage?: cloudstate.crdt.CrdtStreamedMessage.$Shape|null;
              streamCancelledResponse?: cloudstate.crdt.CrdtStreamCancelledResponse.$Shape|null;
              failure?: cloudstate.Failure.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; reply?: null; streamedMessage?: null; streamCancelledResponse?: null; failure?: null }|{ message?: "reply"; reply: cloudstate.crdt.CrdtReply.$Shape; streamedMessage?: null; streamCancelledResponse?: null; failure?: null }|{ message?: "streamedMessage"; reply?: null; streamedMessage: cloudstate.crdt.CrdtStreamedMessage.$Shape; streamCancelledResponse?: null; failure?: null }|{ message?: "streamCancelledResponse"; reply?: null; streamedMessage?: null; streamCancelledResponse: cloudstate.crdt.CrdtStreamCancelledResponse.$Shape; failure?: null }|{ message?: "failure"; reply?: null; streamedMessage?: null; streamCancelledResponse?: null; failure: cloudstate.Failure.$Shape })
            );
        }

        /** A change, or a whole state as a change of the empty one. The member that is set is the type. */
        class CrdtDelta {

            /**
             * Constructs a new CrdtDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtDelta gcounter. */
            gcounter?: (cloudstate.crdt.GCounterDelta.$Properties|null);

            /** CrdtDelta pncounter. */
            pncounter?: (cloudstate.crdt.PNCounterDelta.$Properties|null);

            /** CrdtDelta gset. */
            gset?: (cloudstate.crdt.GSetDelta.$Properties|null);

            /** CrdtDelta orset. */
            orset?: (cloudstate.crdt.ORSetDelta.$Properties|null);

            /** CrdtDelta lwwregister. */
            lwwregister?: (cloudstate.crdt.LWWRegisterDelta.$Properties|null);

            /** CrdtDelta flag. */
            flag?: (cloudstate.crdt.FlagDelta.$Properties|null);

            /** CrdtDelta ormap. */
            ormap?: (cloudstate.crdt.ORMapDelta.$Properties|null);

            /** CrdtDelta vote. */
            vote?: (cloudstate.crdt.VoteDelta.$Properties|null);

            /** CrdtDelta delta. */
            delta?: ("gcounter"|"pncounter"|"gset"|"orset"|"lwwregister"|"flag"|"ormap"|"vote");

            /**
             * Creates a new CrdtDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtDelta instance
             */
            static create(properties: cloudstate.crdt.CrdtDelta.$Shape): cloudstate.crdt.CrdtDelta & cloudstate.crdt.CrdtDelta.$Shape;
            static create(properties?: cloudstate.crdt.CrdtDelta.$Properties): cloudstate.crdt.CrdtDelta;

            /**
             * Encodes the specified CrdtDelta message. Does not implicitly {@link cloudstate.crdt.CrdtDelta.verify|verify} messages.
             * @param message CrdtDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtDelta & cloudstate.crdt.CrdtDelta.$Shape} CrdtDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtDelta & cloudstate.crdt.CrdtDelta.$Shape;
        }

        namespace CrdtDelta {

            /** Properties of a CrdtDelta. */
            interface $Properties {

                /** CrdtDelta gcounter */
                gcounter?: (cloudstate.crdt.GCounterDelta.$Properties|null);

                /** CrdtDelta pncounter */
                pncounter?: (cloudstate.crdt.PNCounterDelta.$Properties|null);

                /** CrdtDelta gset */
                gset?: (cloudstate.crdt.GSetDelta.$Properties|null);

                /** CrdtDelta orset */
                orset?: (cloudstate.crdt.ORSetDelta.$Properties|null);

                /** CrdtDelta lwwregister */
                lwwregister?: (cloudstate.crdt.LWWRegisterDelta.$Properties|null);

                /** CrdtDelta flag */
                flag?: (cloudstate.crdt.FlagDelta.$Properties|null);

                /** CrdtDelta ormap */
                ormap?: (cloudstate.crdt.ORMapDelta.$Properties|null);

                /** CrdtDelta vote */
                vote?: (cloudstate.crdt.VoteDelta.$Properties|null);

                /** CrdtDelta delta */
                delta?: ("gcounter"|"pncounter"|"gset"|"orset"|"lwwregister"|"flag"|"ormap"|"vote");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a CrdtDelta. */
            type $Shape = {
              gcounter?: cloudstate.crdt.GCounterDelta.$Shape|null;
              pncounter?: cloudstate.crdt.PNCounterDelta.$Shape|null;
              gset?: cloudstate.crdt.GSetDelta.$Shape|null;
              orset?: cloudstate.crdt.ORSetDelta.$Shape|null;
              lwwregister?: cloudstate.crdt.LWWRegisterDelta.$Shape|null;
              flag?: cloudstate.crdt.FlagDelta.$Shape|null;
              ormap?: cloudstate.crdt.ORMapDelta.$Shape|null;
              vote?: cloudstate.crdt.VoteDelta.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ delta?: undefined; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ delta?: "gcounter"; gcounter: cloudstate.crdt.GCounterDelta.$Shape; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ delta?: "pncounter"; gcounter?: null; pncounter: cloudstate.crdt.PNCounterDelta.$Shape; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ delta?: "gset"; gcounter?: null; pncounter?: null; gset: cloudstate.crdt.GSetDelta.$Shape; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ delta?: "orset"; gcounter?: null; pncounter?: null; gset?: null; orset: cloudstate.crdt.ORSetDelta.$Shape; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ delta?: "lwwregister"; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister: cloudstate.crdt.LWWRegisterDelta.$Shape; flag?: null; ormap?: null; vote?: null }|{ delta?: "flag"; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag: cloudstate.crdt.FlagDelta.$Shape; ormap?: null; vote?: null }|{ delta?: "ormap"; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap: cloudstate.crdt.ORMapDelta.$Shape; vote?: null }|{ delta?: "vote"; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote: cloudstate.crdt.VoteDelta.$Shape })
            );
        }

        /** Represents a GCounterDelta. */
        class GCounterDelta {

            /**
             * Constructs a new GCounterDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.GCounterDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GCounterDelta increment. */
            increment: bigint;

            /**
             * Creates a new GCounterDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GCounterDelta instance
             */
            static create(properties: cloudstate.crdt.GCounterDelta.$Shape): cloudstate.crdt.GCounterDelta & cloudstate.crdt.GCounterDelta.$Shape;
            static create(properties?: cloudstate.crdt.GCounterDelta.$Properties): cloudstate.crdt.GCounterDelta;

            /**
             * Encodes the specified GCounterDelta message. Does not implicitly {@link cloudstate.crdt.GCounterDelta.verify|verify} messages.
             * @param message GCounterDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.GCounterDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GCounterDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.GCounterDelta & cloudstate.crdt.GCounterDelta.$Shape} GCounterDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.GCounterDelta & cloudstate.crdt.GCounterDelta.$Shape;
        }

        namespace GCounterDelta {

            /** Properties of a GCounterDelta. */
            interface $Properties {

                /** GCounterDelta increment */
                increment?: (bigint|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GCounterDelta. */
            type $Shape = cloudstate.crdt.GCounterDelta.$Properties;
        }

        /** Represents a PNCounterDelta. */
        class PNCounterDelta {

            /**
             * Constructs a new PNCounterDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.PNCounterDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PNCounterDelta change. */
            change: bigint;

            /**
             * Creates a new PNCounterDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PNCounterDelta instance
             */
            static create(properties: cloudstate.crdt.PNCounterDelta.$Shape): cloudstate.crdt.PNCounterDelta & cloudstate.crdt.PNCounterDelta.$Shape;
            static create(properties?: cloudstate.crdt.PNCounterDelta.$Properties): cloudstate.crdt.PNCounterDelta;

            /**
             * Encodes the specified PNCounterDelta message. Does not implicitly {@link cloudstate.crdt.PNCounterDelta.verify|verify} messages.
             * @param message PNCounterDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.PNCounterDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PNCounterDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.PNCounterDelta & cloudstate.crdt.PNCounterDelta.$Shape} PNCounterDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.PNCounterDelta & cloudstate.crdt.PNCounterDelta.$Shape;
        }

        namespace PNCounterDelta {

            /** Properties of a PNCounterDelta. */
            interface $Properties {

                /** PNCounterDelta change */
                change?: (bigint|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PNCounterDelta. */
            type $Shape = cloudstate.crdt.PNCounterDelta.$Properties;
        }

        /** Represents a GSetDelta. */
        class GSetDelta {

            /**
             * Constructs a new GSetDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.GSetDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GSetDelta added. */
            added: google.protobuf.Any.$Properties[];

            /**
             * Creates a new GSetDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GSetDelta instance
             */
            static create(properties: cloudstate.crdt.GSetDelta.$Shape): cloudstate.crdt.GSetDelta & cloudstate.crdt.GSetDelta.$Shape;
            static create(properties?: cloudstate.crdt.GSetDelta.$Properties): cloudstate.crdt.GSetDelta;

            /**
             * Encodes the specified GSetDelta message. Does not implicitly {@link cloudstate.crdt.GSetDelta.verify|verify} messages.
             * @param message GSetDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.GSetDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GSetDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.GSetDelta & cloudstate.crdt.GSetDelta.$Shape} GSetDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.GSetDelta & cloudstate.crdt.GSetDelta.$Shape;
        }

        namespace GSetDelta {

            /** Properties of a GSetDelta. */
            interface $Properties {

                /** GSetDelta added */
                added?: (google.protobuf.Any.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GSetDelta. */
            type $Shape = cloudstate.crdt.GSetDelta.$Properties;
        }

        /** Applied in the order cleared, removed, added. */
        class ORSetDelta {

            /**
             * Constructs a new ORSetDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.ORSetDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ORSetDelta cleared. */
            cleared: boolean;

            /** ORSetDelta removed. */
            removed: google.protobuf.Any.$Properties[];

            /** ORSetDelta added. */
            added: google.protobuf.Any.$Properties[];

            /**
             * Creates a new ORSetDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ORSetDelta instance
             */
            static create(properties: cloudstate.crdt.ORSetDelta.$Shape): cloudstate.crdt.ORSetDelta & cloudstate.crdt.ORSetDelta.$Shape;
            static create(properties?: cloudstate.crdt.ORSetDelta.$Properties): cloudstate.crdt.ORSetDelta;

            /**
             * Encodes the specified ORSetDelta message. Does not implicitly {@link cloudstate.crdt.ORSetDelta.verify|verify} messages.
             * @param message ORSetDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.ORSetDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ORSetDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.ORSetDelta & cloudstate.crdt.ORSetDelta.$Shape} ORSetDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.ORSetDelta & cloudstate.crdt.ORSetDelta.$Shape;
        }

        namespace ORSetDelta {

            /** Properties of a ORSetDelta. */
            interface $Properties {

                /** ORSetDelta cleared */
                cleared?: (boolean|null);

                /** ORSetDelta removed */
                removed?: (google.protobuf.Any.$Properties[]|null);

                /** ORSetDelta added */
                added?: (google.protobuf.Any.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ORSetDelta. */
            type $Shape = cloudstate.crdt.ORSetDelta.$Properties;
        }

        /** Represents a LWWRegisterDelta. */
        class LWWRegisterDelta {

            /**
             * Constructs a new LWWRegisterDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.LWWRegisterDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LWWRegisterDelta value. */
            value?: (google.protobuf.Any.$Properties|null);

            /** Only towards the proxy. */
            clock: cloudstate.crdt.CrdtClock;

            /** For the two custom clocks. */
            customClockValue: bigint;

            /**
             * Creates a new LWWRegisterDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns LWWRegisterDelta instance
             */
            static create(properties: cloudstate.crdt.LWWRegisterDelta.$Shape): cloudstate.crdt.LWWRegisterDelta & cloudstate.crdt.LWWRegisterDelta.$Shape;
            static create(properties?: cloudstate.crdt.LWWRegisterDelta.$Properties): cloudstate.crdt.LWWRegisterDelta;

            /**
             * Encodes the specified LWWRegisterDelta message. Does not implicitly {@link cloudstate.crdt.LWWRegisterDelta.verify|verify} messages.
             * @param message LWWRegisterDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.LWWRegisterDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LWWRegisterDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.LWWRegisterDelta & cloudstate.crdt.LWWRegisterDelta.$Shape} LWWRegisterDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.LWWRegisterDelta & cloudstate.crdt.LWWRegisterDelta.$Shape;
        }

        namespace LWWRegisterDelta {

            /** Properties of a LWWRegisterDelta. */
            interface $Properties {

                /** LWWRegisterDelta value */
                value?: (google.protobuf.Any.$Properties|null);

                /** Only towards the proxy. */
                clock?: (cloudstate.crdt.CrdtClock|null);

                /** For the two custom clocks. */
                customClockValue?: (bigint|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LWWRegisterDelta. */
            type $Shape = cloudstate.crdt.LWWRegisterDelta.$Properties;
        }

        /** Represents a FlagDelta. */
        class FlagDelta {

            /**
             * Constructs a new FlagDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.FlagDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FlagDelta value. */
            value: boolean;

            /**
             * Creates a new FlagDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns FlagDelta instance
             */
            static create(properties: cloudstate.crdt.FlagDelta.$Shape): cloudstate.crdt.FlagDelta & cloudstate.crdt.FlagDelta.$Shape;
            static create(properties?: cloudstate.crdt.FlagDelta.$Properties): cloudstate.crdt.FlagDelta;

            /**
             * Encodes the specified FlagDelta message. Does not implicitly {@link cloudstate.crdt.FlagDelta.verify|verify} messages.
             * @param message FlagDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.FlagDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FlagDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.FlagDelta & cloudstate.crdt.FlagDelta.$Shape} FlagDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.FlagDelta & cloudstate.crdt.FlagDelta.$Shape;
        }

        namespace FlagDelta {

            /** Properties of a FlagDelta. */
            interface $Properties {

                /** FlagDelta value */
                value?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FlagDelta. */
            type $Shape = cloudstate.crdt.FlagDelta.$Properties;
        }

        /** Applied in the order cleared, removed, updated, added. */
        class ORMapDelta {

            /**
             * Constructs a new ORMapDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.ORMapDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ORMapDelta cleared. */
            cleared: boolean;

            /** ORMapDelta removed. */
            removed: google.protobuf.Any.$Properties[];

            /** ORMapDelta updated. */
            updated: cloudstate.crdt.ORMapEntryDelta.$Properties[];

            /** ORMapDelta added. */
            added: cloudstate.crdt.ORMapEntryDelta.$Properties[];

            /**
             * Creates a new ORMapDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ORMapDelta instance
             */
            static create(properties: cloudstate.crdt.ORMapDelta.$Shape): cloudstate.crdt.ORMapDelta & cloudstate.crdt.ORMapDelta.$Shape;
            static create(properties?: cloudstate.crdt.ORMapDelta.$Properties): cloudstate.crdt.ORMapDelta;

            /**
             * Encodes the specified ORMapDelta message. Does not implicitly {@link cloudstate.crdt.ORMapDelta.verify|verify} messages.
             * @param message ORMapDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.ORMapDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ORMapDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.ORMapDelta & cloudstate.crdt.ORMapDelta.$Shape} ORMapDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.ORMapDelta & cloudstate.crdt.ORMapDelta.$Shape;
        }

        namespace ORMapDelta {

            /** Properties of a ORMapDelta. */
            interface $Properties {

                /** ORMapDelta cleared */
                cleared?: (boolean|null);

                /** ORMapDelta removed */
                removed?: (google.protobuf.Any.$Properties[]|null);

                /** ORMapDelta updated */
                updated?: (cloudstate.crdt.ORMapEntryDelta.$Properties[]|null);

                /** ORMapDelta added */
                added?: (cloudstate.crdt.ORMapEntryDelta.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ORMapDelta. */
            type $Shape = {
              cleared?: boolean|null;
              removed?: google.protobuf.Any.$Shape[]|null;
              updated?: cloudstate.crdt.ORMapEntryDelta.$Shape[]|null;
              added?: cloudstate.crdt.ORMapEntryDelta.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a ORMapEntryDelta. */
        class ORMapEntryDelta {

            /**
             * Constructs a new ORMapEntryDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.ORMapEntryDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ORMapEntryDelta key. */
            key?: (google.protobuf.Any.$Properties|null);

            /** ORMapEntryDelta delta. */
            delta?: (cloudstate.crdt.CrdtDelta.$Properties|null);

            /**
             * Creates a new ORMapEntryDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ORMapEntryDelta instance
             */
            static create(properties: cloudstate.crdt.ORMapEntryDelta.$Shape): cloudstate.crdt.ORMapEntryDelta & cloudstate.crdt.ORMapEntryDelta.$Shape;
            static create(properties?: cloudstate.crdt.ORMapEntryDelta.$Properties): cloudstate.crdt.ORMapEntryDelta;

            /**
             * Encodes the specified ORMapEntryDelta message. Does not implicitly {@link cloudstate.crdt.ORMapEntryDelta.verify|verify} messages.
             * @param message ORMapEntryDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.ORMapEntryDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ORMapEntryDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.ORMapEntryDelta & cloudstate.crdt.ORMapEntryDelta.$Shape} ORMapEntryDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.ORMapEntryDelta & cloudstate.crdt.ORMapEntryDelta.$Shape;
        }

        namespace ORMapEntryDelta {

            /** Properties of a ORMapEntryDelta. */
            interface $Properties {

                /** ORMapEntryDelta key */
                key?: (google.protobuf.Any.$Properties|null);

                /** ORMapEntryDelta delta */
                delta?: (cloudstate.crdt.CrdtDelta.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ORMapEntryDelta. */
            type $Shape = {
              key?: google.protobuf.Any.$Shape|null;
              delta?: cloudstate.crdt.CrdtDelta.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a VoteDelta. */
        class VoteDelta {

            /**
             * Constructs a new VoteDelta.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.VoteDelta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** VoteDelta selfVote. */
            selfVote: boolean;

            /** Only towards the user function. */
            votesFor: number;

            /** Only towards the user function. */
            totalVoters: number;

            /**
             * Creates a new VoteDelta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns VoteDelta instance
             */
            static create(properties: cloudstate.crdt.VoteDelta.$Shape): cloudstate.crdt.VoteDelta & cloudstate.crdt.VoteDelta.$Shape;
            static create(properties?: cloudstate.crdt.VoteDelta.$Properties): cloudstate.crdt.VoteDelta;

            /**
             * Encodes the specified VoteDelta message. Does not implicitly {@link cloudstate.crdt.VoteDelta.verify|verify} messages.
             * @param message VoteDelta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.VoteDelta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a VoteDelta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.VoteDelta & cloudstate.crdt.VoteDelta.$Shape} VoteDelta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.VoteDelta & cloudstate.crdt.VoteDelta.$Shape;
        }

        namespace VoteDelta {

            /** Properties of a VoteDelta. */
            interface $Properties {

                /** VoteDelta selfVote */
                selfVote?: (boolean|null);

                /** Only towards the user function. */
                votesFor?: (number|null);

                /** Only towards the user function. */
                totalVoters?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a VoteDelta. */
            type $Shape = cloudstate.crdt.VoteDelta.$Properties;
        }

        /** Represents a CrdtInit. */
        class CrdtInit {

            /**
             * Constructs a new CrdtInit.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtInit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtInit serviceName. */
            serviceName: string;

            /** CrdtInit entityId. */
            entityId: string;

            /** Unset when there is no value yet. */
            delta?: (cloudstate.crdt.CrdtDelta.$Properties|null);

            /**
             * Creates a new CrdtInit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtInit instance
             */
            static create(properties: cloudstate.crdt.CrdtInit.$Shape): cloudstate.crdt.CrdtInit & cloudstate.crdt.CrdtInit.$Shape;
            static create(properties?: cloudstate.crdt.CrdtInit.$Properties): cloudstate.crdt.CrdtInit;

            /**
             * Encodes the specified CrdtInit message. Does not implicitly {@link cloudstate.crdt.CrdtInit.verify|verify} messages.
             * @param message CrdtInit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtInit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtInit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtInit & cloudstate.crdt.CrdtInit.$Shape} CrdtInit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtInit & cloudstate.crdt.CrdtInit.$Shape;
        }

        namespace CrdtInit {

            /** Properties of a CrdtInit. */
            interface $Properties {

                /** CrdtInit serviceName */
                serviceName?: (string|null);

                /** CrdtInit entityId */
                entityId?: (string|null);

                /** Unset when there is no value yet. */
                delta?: (cloudstate.crdt.CrdtDelta.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CrdtInit. */
            type $Shape = {
              serviceName?: string|null;
              entityId?: string|null;
              delta?: cloudstate.crdt.CrdtDelta.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a CrdtDelete. */
        class CrdtDelete {

            /**
             * Constructs a new CrdtDelete.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtDelete.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Creates a new CrdtDelete instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtDelete instance
             */
            static create(properties: cloudstate.crdt.CrdtDelete.$Shape): cloudstate.crdt.CrdtDelete & cloudstate.crdt.CrdtDelete.$Shape;
            static create(properties?: cloudstate.crdt.CrdtDelete.$Properties): cloudstate.crdt.CrdtDelete;

            /**
             * Encodes the specified CrdtDelete message. Does not implicitly {@link cloudstate.crdt.CrdtDelete.verify|verify} messages.
             * @param message CrdtDelete message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtDelete.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtDelete message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtDelete & cloudstate.crdt.CrdtDelete.$Shape} CrdtDelete
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtDelete & cloudstate.crdt.CrdtDelete.$Shape;
        }

        namespace CrdtDelete {

            /** Properties of a CrdtDelete. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CrdtDelete. */
            type $Shape = cloudstate.crdt.CrdtDelete.$Properties;
        }

        /** Represents a CrdtReply. */
        class CrdtReply {

            /**
             * Constructs a new CrdtReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtReply commandId. */
            commandId: number;

            /** CrdtReply clientAction. */
            clientAction?: (cloudstate.ClientAction.$Properties|null);

            /** CrdtReply sideEffects. */
            sideEffects: cloudstate.SideEffect.$Properties[];

            /** CrdtReply stateAction. */
            stateAction?: (cloudstate.crdt.CrdtStateAction.$Properties|null);

            /** The call stays open for streamed messages. */
            streamed: boolean;

            /**
             * Creates a new CrdtReply instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtReply instance
             */
            static create(properties: cloudstate.crdt.CrdtReply.$Shape): cloudstate.crdt.CrdtReply & cloudstate.crdt.CrdtReply.$Shape;
            static create(properties?: cloudstate.crdt.CrdtReply.$Properties): cloudstate.crdt.CrdtReply;

            /**
             * Encodes the specified CrdtReply message. Does not implicitly {@link cloudstate.crdt.CrdtReply.verify|verify} messages.
             * @param message CrdtReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtReply & cloudstate.crdt.CrdtReply.$Shape} CrdtReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtReply & cloudstate.crdt.CrdtReply.$Shape;
        }

        namespace CrdtReply {

            /** Properties of a CrdtReply. */
            interface $Properties {

                /** CrdtReply commandId */
                commandId?: (number|null);

                /** CrdtReply clientAction */
                clientAction?: (cloudstate.ClientAction.$Properties|null);

                /** CrdtReply sideEffects */
                sideEffects?: (cloudstate.SideEffect.$Properties[]|null);

                /** CrdtReply stateAction */
                stateAction?: (cloudstate.crdt.CrdtStateAction.$Properties|null);

                /** The call stays open for streamed messages. */
                streamed?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CrdtReply. */
            type $Shape = {
              commandId?: number|null;
              clientAction?: cloudstate.ClientAction.$Shape|null;
              sideEffects?: cloudstate.SideEffect.$Shape[]|null;
              stateAction?: cloudstate.crdt.CrdtStateAction.$Shape|null;
              streamed?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a CrdtStateAction. */
        class CrdtStateAction {

            /**
             * Constructs a new CrdtStateAction.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtStateAction.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtStateAction update. */
            update?: (cloudstate.crdt.CrdtDelta.$Properties|null);

            /** CrdtStateAction delete. */
            delete?: (cloudstate.crdt.CrdtDelete.$Properties|null);

            /** CrdtStateAction writeConsistency. */
            writeConsistency: cloudstate.crdt.CrdtWriteConsistency;

            /** CrdtStateAction action. */
            action?: ("update"|"delete");

            /**
             * Creates a new CrdtStateAction instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtStateAction instance
             */
            static create(properties: cloudstate.crdt.CrdtStateAction.$Shape): cloudstate.crdt.CrdtStateAction & cloudstate.crdt.CrdtStateAction.$Shape;
            static create(properties?: cloudstate.crdt.CrdtStateAction.$Properties): cloudstate.crdt.CrdtStateAction;

            /**
             * Encodes the specified CrdtStateAction message. Does not implicitly {@link cloudstate.crdt.CrdtStateAction.verify|verify} messages.
             * @param message CrdtStateAction message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtStateAction.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtStateAction message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtStateAction & cloudstate.crdt.CrdtStateAction.$Shape} CrdtStateAction
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtStateAction & cloudstate.crdt.CrdtStateAction.$Shape;
        }

        namespace CrdtStateAction {

            /** Properties of a CrdtStateAction. */
            interface $Properties {

                /** CrdtStateAction update */
                update?: (cloudstate.crdt.CrdtDelta.$Properties|null);

                /** CrdtStateAction delete */
                "delete"?: (cloudstate.crdt.CrdtDelete.$Properties|null);

                /** CrdtStateAction writeConsistency */
                writeConsistency?: (cloudstate.crdt.CrdtWriteConsistency|null);

                /** CrdtStateAction action */
                action?: ("update"|"delete");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a CrdtStateAction. */
            type $Shape = {
              update?: cloudstate.crdt.CrdtDelta.$Shape|null;
              "delete"?: cloudstate.crdt.CrdtDelete.$Shape|null;
              writeConsistency?: cloudstate.crdt.CrdtWriteConsistency|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ action?: undefined; update?: null; "delete"?: null }|{ action?: "update"; update: cloudstate.crdt.CrdtDelta.$Shape; "delete"?: null }|{ action?: "delete"; update?: null; "delete": cloudstate.crdt.CrdtDelete.$Shape })
            );
        }

        /** Represents a CrdtStreamedMessage. */
        class CrdtStreamedMessage {

            /**
             * Constructs a new CrdtStreamedMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtStreamedMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtStreamedMessage commandId. */
            commandId: number;

            /** CrdtStreamedMessage clientAction. */
            clientAction?: (cloudstate.ClientAction.$Properties|null);

            /** CrdtStreamedMessage sideEffects. */
            sideEffects: cloudstate.SideEffect.$Properties[];

            /** CrdtStreamedMessage endStream. */
            endStream: boolean;

            /**
             * Creates a new CrdtStreamedMessage instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtStreamedMessage instance
             */
            static create(properties: cloudstate.crdt.CrdtStreamedMessage.$Shape): cloudstate.crdt.CrdtStreamedMessage & cloudstate.crdt.CrdtStreamedMessage.$Shape;
            static create(properties?: cloudstate.crdt.CrdtStreamedMessage.$Properties): cloudstate.crdt.CrdtStreamedMessage;

            /**
             * Encodes the specified CrdtStreamedMessage message. Does not implicitly {@link cloudstate.crdt.CrdtStreamedMessage.verify|verify} messages.
             * @param message CrdtStreamedMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtStreamedMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtStreamedMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtStreamedMessage & cloudstate.crdt.CrdtStreamedMessage.$Shape} CrdtStreamedMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtStreamedMessage & cloudstate.crdt.CrdtStreamedMessage.$Shape;
        }

        namespace CrdtStreamedMessage {

            /** Properties of a CrdtStreamedMessage. */
            interface $Properties {

                /** CrdtStreamedMessage commandId */
                commandId?: (number|null);

                /** CrdtStreamedMessage clientAction */
                clientAction?: (cloudstate.ClientAction.$Properties|null);

                /** CrdtStreamedMessage sideEffects */
                sideEffects?: (cloudstate.SideEffect.$Properties[]|null);

                /** CrdtStreamedMessage endStream */
                endStream?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CrdtStreamedMessage. */
            type $Shape = {
              commandId?: number|null;
              clientAction?: cloudstate.ClientAction.$Shape|null;
              sideEffects?: cloudstate.SideEffect.$Shape[]|null;
              endStream?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a CrdtStreamCancelledResponse. */
        class CrdtStreamCancelledResponse {

            /**
             * Constructs a new CrdtStreamCancelledResponse.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.crdt.CrdtStreamCancelledResponse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtStreamCancelledResponse commandId. */
            commandId: number;

            /** CrdtStreamCancelledResponse sideEffects. */
            sideEffects: cloudstate.SideEffect.$Properties[];

            /** CrdtStreamCancelledResponse stateAction. */
            stateAction?: (cloudstate.crdt.CrdtStateAction.$Properties|null);

            /**
             * Creates a new CrdtStreamCancelledResponse instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtStreamCancelledResponse instance
             */
            static create(properties: cloudstate.crdt.CrdtStreamCancelledResponse.$Shape): cloudstate.crdt.CrdtStreamCancelledResponse & cloudstate.crdt.CrdtStreamCancelledResponse.$Shape;
            static create(properties?: cloudstate.crdt.CrdtStreamCancelledResponse.$Properties): cloudstate.crdt.CrdtStreamCancelledResponse;

            /**
             * Encodes the specified CrdtStreamCancelledResponse message. Does not implicitly {@link cloudstate.crdt.CrdtStreamCancelledResponse.verify|verify} messages.
             * @param message CrdtStreamCancelledResponse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.crdt.CrdtStreamCancelledResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtStreamCancelledResponse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.crdt.CrdtStreamCancelledResponse & cloudstate.crdt.CrdtStreamCancelledResponse.$Shape} CrdtStreamCancelledResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.crdt.CrdtStreamCancelledResponse & cloudstate.crdt.CrdtStreamCancelledResponse.$Shape;
        }

        namespace CrdtStreamCancelledResponse {

            /** Properties of a CrdtStreamCancelledResponse. */
            interface $Properties {

                /** CrdtStreamCancelledResponse commandId */
                commandId?: (number|null);

                /** CrdtStreamCancelledResponse sideEffects */
                sideEffects?: (cloudstate.SideEffect.$Properties[]|null);

                /** CrdtStreamCancelledResponse stateAction */
                stateAction?: (cloudstate.crdt.CrdtStateAction.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CrdtStreamCancelledResponse. */
            type $Shape = {
              commandId?: number|null;
              sideEffects?: cloudstate.SideEffect.$Shape[]|null;
              stateAction?: cloudstate.crdt.CrdtStateAction.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** How many replicas must have a write before it is acknowledged. */
        enum CrdtWriteConsistency {

            /** LOCAL value */
            LOCAL = 0,

            /** MAJORITY value */
            MAJORITY = 1,

            /** ALL value */
            ALL = 2
        }

        /** How the time of a write to a register is chosen. */
        enum CrdtClock {

            /** DEFAULT value */
            DEFAULT = 0,

            /** REVERSE value */
            REVERSE = 1,

            /** CUSTOM value */
            CUSTOM = 2,

            /** CUSTOM_AUTO_INCREMENT value */
            CUSTOM_AUTO_INCREMENT = 3
        }
    }

    /** Namespace eventsourced. */
    namespace eventsourced {

        /** Represents an EventSourcedInit. */
        class EventSourcedInit {

            /**
             * Constructs a new EventSourcedInit.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.eventsourced.EventSourcedInit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EventSourcedInit serviceName. */
            serviceName: string;

            /** EventSourcedInit entityId. */
            entityId: string;

            /** Unset when there is none. */
            snapshot?: (cloudstate.eventsourced.EventSourcedSnapshot.$Properties|null);

            /**
             * Creates a new EventSourcedInit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EventSourcedInit instance
             */
            static create(properties: cloudstate.eventsourced.EventSourcedInit.$Shape): cloudstate.eventsourced.EventSourcedInit & cloudstate.eventsourced.EventSourcedInit.$Shape;
            static create(properties?: cloudstate.eventsourced.EventSourcedInit.$Properties): cloudstate.eventsourced.EventSourcedInit;

            /**
             * Encodes the specified EventSourcedInit message. Does not implicitly {@link cloudstate.eventsourced.EventSourcedInit.verify|verify} messages.
             * @param message EventSourcedInit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.eventsourced.EventSourcedInit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EventSourcedInit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.eventsourced.EventSourcedInit & cloudstate.eventsourced.EventSourcedInit.$Shape} EventSourcedInit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.eventsourced.EventSourcedInit & cloudstate.eventsourced.EventSourcedInit.$Shape;
        }

        namespace EventSourcedInit {

            /** Properties of an EventSourcedInit. */
            interface $Properties {

                /** EventSourcedInit serviceName */
                serviceName?: (string|null);

                /** EventSourcedInit entityId */
                entityId?: (string|null);

                /** Unset when there is none. */
                snapshot?: (cloudstate.eventsourced.EventSourcedSnapshot.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EventSourcedInit. */
            type $Shape = cloudstate.eventsourced.EventSourcedInit.$Properties;
        }

        /** Represents an EventSourcedSnapshot. */
        class EventSourcedSnapshot {

            /**
             * Constructs a new EventSourcedSnapshot.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.eventsourced.EventSourcedSnapshot.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** The sequence number of the last event that the snapshot contains. */
            snapshotSequence: number;

            /** EventSourcedSnapshot snapshot. */
            snapshot?: (google.protobuf.Any.$Properties|null);

            /**
             * Creates a new EventSourcedSnapshot instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EventSourcedSnapshot instance
             */
            static create(properties: cloudstate.eventsourced.EventSourcedSnapshot.$Shape): cloudstate.eventsourced.EventSourcedSnapshot & cloudstate.eventsourced.EventSourcedSnapshot.$Shape;
            static create(properties?: cloudstate.eventsourced.EventSourcedSnapshot.$Properties): cloudstate.eventsourced.EventSourcedSnapshot;

            /**
             * Encodes the specified EventSourcedSnapshot message. Does not implicitly {@link cloudstate.eventsourced.EventSourcedSnapshot.verify|verify} messages.
             * @param message EventSourcedSnapshot message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.eventsourced.EventSourcedSnapshot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EventSourcedSnapshot message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.eventsourced.EventSourcedSnapshot & cloudstate.eventsourced.EventSourcedSnapshot.$Shape} EventSourcedSnapshot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.eventsourced.EventSourcedSnapshot & cloudstate.eventsourced.EventSourcedSnapshot.$Shape;
        }

        namespace EventSourcedSnapshot {

            /** Properties of an EventSourcedSnapshot. */
            interface $Properties {

                /** The sequence number of the last event that the snapshot contains. */
                snapshotSequence?: (number|null);

                /** EventSourcedSnapshot snapshot */
                snapshot?: (google.protobuf.Any.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EventSourcedSnapshot. */
            type $Shape = cloudstate.eventsourced.EventSourcedSnapshot.$Properties;
        }

        /** Represents an EventSourcedEvent. */
        class EventSourcedEvent {

            /**
             * Constructs a new EventSourcedEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.eventsourced.EventSourcedEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Counts from 1 for each entity, without gaps. */
            sequence: number;

            /** EventSourcedEvent payload. */
            payload?: (google.protobuf.Any.$Properties|null);

            /**
             * Creates a new EventSourcedEvent instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EventSourcedEvent instance
             */
            static create(properties: cloudstate.eventsourced.EventSourcedEvent.$Shape): cloudstate.eventsourced.EventSourcedEvent & cloudstate.eventsourced.EventSourcedEvent.$Shape;
            static create(properties?: cloudstate.eventsourced.EventSourcedEvent.$Properties): cloudstate.eventsourced.EventSourcedEvent;

            /**
             * Encodes the specified EventSourcedEvent message. Does not implicitly {@link cloudstate.eventsourced.EventSourcedEvent.verify|verify} messages.
             * @param message EventSourcedEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.eventsourced.EventSourcedEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EventSourcedEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.eventsourced.EventSourcedEvent & cloudstate.eventsourced.EventSourcedEvent.$Shape} EventSourcedEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.eventsourced.EventSourcedEvent & cloudstate.eventsourced.EventSourcedEvent.$Shape;
        }

        namespace EventSourcedEvent {

            /** Properties of an EventSourcedEvent. */
            interface $Properties {

                /** Counts from 1 for each entity, without gaps. */
                sequence?: (number|null);

                /** EventSourcedEvent payload */
                payload?: (google.protobuf.Any.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EventSourcedEvent. */
            type $Shape = cloudstate.eventsourced.EventSourcedEvent.$Properties;
        }

        /** Represents an EventSourcedReply. */
        class EventSourcedReply {

            /**
             * Constructs a new EventSourcedReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.eventsourced.EventSourcedReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EventSourcedReply commandId. */
            commandId: number;

            /** EventSourcedReply clientAction. */
            clientAction?: (cloudstate.ClientAction.$Properties|null);

            /** EventSourcedReply sideEffects. */
            sideEffects: cloudstate.SideEffect.$Properties[];

            /** To be appended, all or none, before anything else happens. */
            events: google.protobuf.Any.$Properties[];

            /** The state after the last of these events. */
            snapshot?: (google.protobuf.Any.$Properties|null);

            /**
             * Creates a new EventSourcedReply instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EventSourcedReply instance
             */
            static create(properties: cloudstate.eventsourced.EventSourcedReply.$Shape): cloudstate.eventsourced.EventSourcedReply & cloudstate.eventsourced.EventSourcedReply.$Shape;
            static create(properties?: cloudstate.eventsourced.EventSourcedReply.$Properties): cloudstate.eventsourced.EventSourcedReply;

            /**
             * Encodes the specified EventSourcedReply message. Does not implicitly {@link cloudstate.eventsourced.EventSourcedReply.verify|verify} messages.
             * @param message EventSourcedReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.eventsourced.EventSourcedReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EventSourcedReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.eventsourced.EventSourcedReply & cloudstate.eventsourced.EventSourcedReply.$Shape} EventSourcedReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.eventsourced.EventSourcedReply & cloudstate.eventsourced.EventSourcedReply.$Shape;
        }

        namespace EventSourcedReply {

            /** Properties of an EventSourcedReply. */
            interface $Properties {

                /** EventSourcedReply commandId */
                commandId?: (number|null);

                /** EventSourcedReply clientAction */
                clientAction?: (cloudstate.ClientAction.$Properties|null);

                /** EventSourcedReply sideEffects */
                sideEffects?: (cloudstate.SideEffect.$Properties[]|null);

                /** To be appended, all or none, before anything else happens. */
                events?: (google.protobuf.Any.$Properties[]|null);

                /** The state after the last of these events. */
                snapshot?: (google.protobuf.Any.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EventSourcedReply. */
            type $Shape = {
              commandId?: number|null;
              clientAction?: cloudstate.ClientAction.$Shape|null;
              sideEffects?: cloudstate.SideEffect.$Shape[]|null;
              events?: google.protobuf.Any.$Shape[]|null;
              snapshot?: google.protobuf.Any.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents an EventSourcedStreamIn. */
        class EventSourcedStreamIn {

            /**
             * Constructs a new EventSourcedStreamIn.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.eventsourced.EventSourcedStreamIn.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EventSourcedStreamIn init. */
            init?: (cloudstate.eventsourced.EventSourcedInit.$Properties|null);

            /** EventSourcedStreamIn event. */
            event?: (cloudstate.eventsourced.EventSourcedEvent.$Properties|null);

            /** EventSourcedStreamIn command. */
            command?: (cloudstate.Command.$Properties|null);

            /** EventSourcedStreamIn message. */
            message?: ("init"|"event"|"command");

            /**
             * Creates a new EventSourcedStreamIn instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EventSourcedStreamIn instance
             */
            static create(properties: cloudstate.eventsourced.EventSourcedStreamIn.$Shape): cloudstate.eventsourced.EventSourcedStreamIn & cloudstate.eventsourced.EventSourcedStreamIn.$Shape;
            static create(properties?: cloudstate.eventsourced.EventSourcedStreamIn.$Properties): cloudstate.eventsourced.EventSourcedStreamIn;

            /**
             * Encodes the specified EventSourcedStreamIn message. Does not implicitly {@link cloudstate.eventsourced.EventSourcedStreamIn.verify|verify} messages.
             * @param message EventSourcedStreamIn message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.eventsourced.EventSourcedStreamIn.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EventSourcedStreamIn message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.eventsourced.EventSourcedStreamIn & cloudstate.eventsourced.EventSourcedStreamIn.$Shape} EventSourcedStreamIn
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.eventsourced.EventSourcedStreamIn & cloudstate.eventsourced.EventSourcedStreamIn.$Shape;
        }

        namespace EventSourcedStreamIn {

            /** Properties of an EventSourcedStreamIn. */
            interface $Properties {

                /** EventSourcedStreamIn init */
                init?: (cloudstate.eventsourced.EventSourcedInit.$Properties|null);

                /** EventSourcedStreamIn event */
                event?: (cloudstate.eventsourced.EventSourcedEvent.$Properties|null);

                /** EventSourcedStreamIn command */
                command?: (cloudstate.Command.$Properties|null);

                /** EventSourcedStreamIn message */
                message?: ("init"|"event"|"command");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an EventSourcedStreamIn. */
            type $Shape = {
              init?: cloudstate.eventsourced.EventSourcedInit.$Shape|null;
              event?: cloudstate.eventsourced.EventSourcedEvent.$Shape|null;
              command?: cloudstate.Command.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; init?: null; event?: null; command?: null }|{ message?: "init"; init: cloudstate.eventsourced.EventSourcedInit.$Shape; event?: null; command?: null }|{ message?: "event"; init?: null; event: cloudstate.eventsourced.EventSourcedEvent.$Shape; command?: null }|{ message?: "command"; init?: null; event?: null; command: cloudstate.Command.$Shape })
            );
        }

        /** Represents an EventSourcedStreamOut. */
        class EventSourcedStreamOut {

            /**
             * Constructs a new EventSourcedStreamOut.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.eventsourced.EventSourcedStreamOut.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EventSourcedStreamOut reply. */
            reply?: (cloudstate.eventsourced.EventSourcedReply.$Properties|null);

            /** EventSourcedStreamOut failure. */
            failure?: (cloudstate.Failure.$Properties|null);

            /** EventSourcedStreamOut message. */
            message?: ("reply"|"failure");

            /**
             * Creates a new EventSourcedStreamOut instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EventSourcedStreamOut instance
             */
            static create(properties: cloudstate.eventsourced.EventSourcedStreamOut.$Shape): cloudstate.eventsourced.EventSourcedStreamOut & cloudstate.eventsourced.EventSourcedStreamOut.$Shape;
            static create(properties?: cloudstate.eventsourced.EventSourcedStreamOut.$Properties): cloudstate.eventsourced.EventSourcedStreamOut;

            /**
             * Encodes the specified EventSourcedStreamOut message. Does not implicitly {@link cloudstate.eventsourced.EventSourcedStreamOut.verify|verify} messages.
             * @param message EventSourcedStreamOut message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.eventsourced.EventSourcedStreamOut.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EventSourcedStreamOut message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.eventsourced.EventSourcedStreamOut & cloudstate.eventsourced.EventSourcedStreamOut.$Shape} EventSourcedStreamOut
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.eventsourced.EventSourcedStreamOut & cloudstate.eventsourced.EventSourcedStreamOut.$Shape;
        }

        namespace EventSourcedStreamOut {

            /** Properties of an EventSourcedStreamOut. */
            interface $Properties {

                /** EventSourcedStreamOut reply */
                reply?: (cloudstate.eventsourced.EventSourcedReply.$Properties|null);

                /** EventSourcedStreamOut failure */
                failure?: (cloudstate.Failure.$Properties|null);

                /** EventSourcedStreamOut message */
                message?: ("reply"|"failure");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an EventSourcedStreamOut. */
            type $Shape = {
              reply?: cloudstate.eventsourced.EventSourcedReply.$Shape|null;
              failure?: cloudstate.Failure.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; reply?: null; failure?: null }|{ message?: "reply"; reply: cloudstate.eventsourced.EventSourcedReply.$Shape; failure?: null }|{ message?: "failure"; reply?: null; failure: cloudstate.Failure.$Shape })
            );
        }
    }

    /** Represents an Eventing. */
    class Eventing {

        /**
         * Constructs a new Eventing.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.Eventing.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Eventing in. */
        in?: (cloudstate.EventSource.$Properties|null);

        /** Eventing out. */
        out?: (cloudstate.EventDestination.$Properties|null);

        /**
         * Creates a new Eventing instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Eventing instance
         */
        static create(properties: cloudstate.Eventing.$Shape): cloudstate.Eventing & cloudstate.Eventing.$Shape;
        static create(properties?: cloudstate.Eventing.$Properties): cloudstate.Eventing;

        /**
         * Encodes the specified Eventing message. Does not implicitly {@link cloudstate.Eventing.verify|verify} messages.
         * @param message Eventing message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.Eventing.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Eventing message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.Eventing & cloudstate.Eventing.$Shape} Eventing
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.Eventing & cloudstate.Eventing.$Shape;
    }

    namespace Eventing {

        /** Properties of an Eventing. */
        interface $Properties {

            /** Eventing in */
            "in"?: (cloudstate.EventSource.$Properties|null);

            /** Eventing out */
            out?: (cloudstate.EventDestination.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Eventing. */
        type $Shape = {
          "in"?: cloudstate.EventSource.$Shape|null;
          out?: cloudstate.EventDestination.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** Represents an EventSource. */
    class EventSource {

        /**
         * Constructs a new EventSource.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.EventSource.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Who remembers how far it has read. Default: the full name of the service. */
        consumerGroup: string;

        /** EventSource topic. */
        topic?: (string|null);

        /** The persistence id of event sourced entities. */
        eventLog?: (string|null);

        /** EventSource source. */
        source?: ("topic"|"eventLog");

        /**
         * Creates a new EventSource instance using the specified properties.
         * @param [properties] Properties to set
         * @returns EventSource instance
         */
        static create(properties: cloudstate.EventSource.$Shape): cloudstate.EventSource & cloudstate.EventSource.$Shape;
        static create(properties?: cloudstate.EventSource.$Properties): cloudstate.EventSource;

        /**
         * Encodes the specified EventSource message. Does not implicitly {@link cloudstate.EventSource.verify|verify} messages.
         * @param message EventSource message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.EventSource.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an EventSource message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.EventSource & cloudstate.EventSource.$Shape} EventSource
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.EventSource & cloudstate.EventSource.$Shape;
    }

    namespace EventSource {

        /** Properties of an EventSource. */
        interface $Properties {

            /** Who remembers how far it has read. Default: the full name of the service. */
            consumerGroup?: (string|null);

            /** EventSource topic */
            topic?: (string|null);

            /** The persistence id of event sourced entities. */
            eventLog?: (string|null);

            /** EventSource source */
            source?: ("topic"|"eventLog");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an EventSource. */
        type $Shape = {
          consumerGroup?: string|null;
          topic?: string|null;
          eventLog?: string|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ source?: undefined; topic?: null; eventLog?: null }|{ source?: "topic"; topic: string; eventLog?: null }|{ source?: "eventLog"; topic?: null; eventLog: string })
        );
    }

    /** Represents an EventDestination. */
    class EventDestination {

        /**
         * Constructs a new EventDestination.
         * @param [properties] Properties to set
         */
        constructor(properties?: cloudstate.EventDestination.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** EventDestination topic. */
        topic?: (string|null);

        /** EventDestination destination. */
        destination?: "topic";

        /**
         * Creates a new EventDestination instance using the specified properties.
         * @param [properties] Properties to set
         * @returns EventDestination instance
         */
        static create(properties: cloudstate.EventDestination.$Shape): cloudstate.EventDestination & cloudstate.EventDestination.$Shape;
        static create(properties?: cloudstate.EventDestination.$Properties): cloudstate.EventDestination;

        /**
         * Encodes the specified EventDestination message. Does not implicitly {@link cloudstate.EventDestination.verify|verify} messages.
         * @param message EventDestination message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cloudstate.EventDestination.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an EventDestination message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {cloudstate.EventDestination & cloudstate.EventDestination.$Shape} EventDestination
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.EventDestination & cloudstate.EventDestination.$Shape;
    }

    namespace EventDestination {

        /** Properties of an EventDestination. */
        interface $Properties {

            /** EventDestination topic */
            topic?: (string|null);

            /** EventDestination destination */
            destination?: "topic";

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an EventDestination. */
        type $Shape = {
          topic?: string|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ destination?: undefined; topic?: null }|{ destination?: "topic"; topic: string })
        );
    }

    /** Namespace valueentity. */
    namespace valueentity {

        /** Represents a ValueEntityStreamIn. */
        class ValueEntityStreamIn {

            /**
             * Constructs a new ValueEntityStreamIn.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.valueentity.ValueEntityStreamIn.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ValueEntityStreamIn init. */
            init?: (cloudstate.valueentity.ValueEntityInit.$Properties|null);

            /** ValueEntityStreamIn command. */
            command?: (cloudstate.Command.$Properties|null);

            /** ValueEntityStreamIn message. */
            message?: ("init"|"command");

            /**
             * Creates a new ValueEntityStreamIn instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ValueEntityStreamIn instance
             */
            static create(properties: cloudstate.valueentity.ValueEntityStreamIn.$Shape): cloudstate.valueentity.ValueEntityStreamIn & cloudstate.valueentity.ValueEntityStreamIn.$Shape;
            static create(properties?: cloudstate.valueentity.ValueEntityStreamIn.$Properties): cloudstate.valueentity.ValueEntityStreamIn;

            /**
             * Encodes the specified ValueEntityStreamIn message. Does not implicitly {@link cloudstate.valueentity.ValueEntityStreamIn.verify|verify} messages.
             * @param message ValueEntityStreamIn message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.valueentity.ValueEntityStreamIn.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ValueEntityStreamIn message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.valueentity.ValueEntityStreamIn & cloudstate.valueentity.ValueEntityStreamIn.$Shape} ValueEntityStreamIn
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.valueentity.ValueEntityStreamIn & cloudstate.valueentity.ValueEntityStreamIn.$Shape;
        }

        namespace ValueEntityStreamIn {

            /** Properties of a ValueEntityStreamIn. */
            interface $Properties {

                /** ValueEntityStreamIn init */
                init?: (cloudstate.valueentity.ValueEntityInit.$Properties|null);

                /** ValueEntityStreamIn command */
                command?: (cloudstate.Command.$Properties|null);

                /** ValueEntityStreamIn message */
                message?: ("init"|"command");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a ValueEntityStreamIn. */
            type $Shape = {
              init?: cloudstate.valueentity.ValueEntityInit.$Shape|null;
              command?: cloudstate.Command.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; init?: null; command?: null }|{ message?: "init"; init: cloudstate.valueentity.ValueEntityInit.$Shape; command?: null }|{ message?: "command"; init?: null; command: cloudstate.Command.$Shape })
            );
        }

        /** Represents a ValueEntityInit. */
        class ValueEntityInit {

            /**
             * Constructs a new ValueEntityInit.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.valueentity.ValueEntityInit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ValueEntityInit serviceName. */
            serviceName: string;

            /** ValueEntityInit entityId. */
            entityId: string;

            /** Always set by the proxy. */
            state?: (cloudstate.valueentity.ValueEntityInitState.$Properties|null);

            /**
             * Creates a new ValueEntityInit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ValueEntityInit instance
             */
            static create(properties: cloudstate.valueentity.ValueEntityInit.$Shape): cloudstate.valueentity.ValueEntityInit & cloudstate.valueentity.ValueEntityInit.$Shape;
            static create(properties?: cloudstate.valueentity.ValueEntityInit.$Properties): cloudstate.valueentity.ValueEntityInit;

            /**
             * Encodes the specified ValueEntityInit message. Does not implicitly {@link cloudstate.valueentity.ValueEntityInit.verify|verify} messages.
             * @param message ValueEntityInit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.valueentity.ValueEntityInit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ValueEntityInit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.valueentity.ValueEntityInit & cloudstate.valueentity.ValueEntityInit.$Shape} ValueEntityInit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.valueentity.ValueEntityInit & cloudstate.valueentity.ValueEntityInit.$Shape;
        }

        namespace ValueEntityInit {

            /** Properties of a ValueEntityInit. */
            interface $Properties {

                /** ValueEntityInit serviceName */
                serviceName?: (string|null);

                /** ValueEntityInit entityId */
                entityId?: (string|null);

                /** Always set by the proxy. */
                state?: (cloudstate.valueentity.ValueEntityInitState.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ValueEntityInit. */
            type $Shape = cloudstate.valueentity.ValueEntityInit.$Properties;
        }

        /** Represents a ValueEntityInitState. */
        class ValueEntityInitState {

            /**
             * Constructs a new ValueEntityInitState.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.valueentity.ValueEntityInitState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Unset when nothing is stored. */
            value?: (google.protobuf.Any.$Properties|null);

            /**
             * Creates a new ValueEntityInitState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ValueEntityInitState instance
             */
            static create(properties: cloudstate.valueentity.ValueEntityInitState.$Shape): cloudstate.valueentity.ValueEntityInitState & cloudstate.valueentity.ValueEntityInitState.$Shape;
            static create(properties?: cloudstate.valueentity.ValueEntityInitState.$Properties): cloudstate.valueentity.ValueEntityInitState;

            /**
             * Encodes the specified ValueEntityInitState message. Does not implicitly {@link cloudstate.valueentity.ValueEntityInitState.verify|verify} messages.
             * @param message ValueEntityInitState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.valueentity.ValueEntityInitState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ValueEntityInitState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.valueentity.ValueEntityInitState & cloudstate.valueentity.ValueEntityInitState.$Shape} ValueEntityInitState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.valueentity.ValueEntityInitState & cloudstate.valueentity.ValueEntityInitState.$Shape;
        }

        namespace ValueEntityInitState {

            /** Properties of a ValueEntityInitState. */
            interface $Properties {

                /** Unset when nothing is stored. */
                value?: (google.protobuf.Any.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ValueEntityInitState. */
            type $Shape = cloudstate.valueentity.ValueEntityInitState.$Properties;
        }

        /** Represents a ValueEntityStreamOut. */
        class ValueEntityStreamOut {

            /**
             * Constructs a new ValueEntityStreamOut.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.valueentity.ValueEntityStreamOut.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ValueEntityStreamOut reply. */
            reply?: (cloudstate.valueentity.ValueEntityReply.$Properties|null);

            /** ValueEntityStreamOut failure. */
            failure?: (cloudstate.Failure.$Properties|null);

            /** ValueEntityStreamOut message. */
            message?: ("reply"|"failure");

            /**
             * Creates a new ValueEntityStreamOut instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ValueEntityStreamOut instance
             */
            static create(properties: cloudstate.valueentity.ValueEntityStreamOut.$Shape): cloudstate.valueentity.ValueEntityStreamOut & cloudstate.valueentity.ValueEntityStreamOut.$Shape;
            static create(properties?: cloudstate.valueentity.ValueEntityStreamOut.$Properties): cloudstate.valueentity.ValueEntityStreamOut;

            /**
             * Encodes the specified ValueEntityStreamOut message. Does not implicitly {@link cloudstate.valueentity.ValueEntityStreamOut.verify|verify} messages.
             * @param message ValueEntityStreamOut message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.valueentity.ValueEntityStreamOut.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ValueEntityStreamOut message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.valueentity.ValueEntityStreamOut & cloudstate.valueentity.ValueEntityStreamOut.$Shape} ValueEntityStreamOut
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.valueentity.ValueEntityStreamOut & cloudstate.valueentity.ValueEntityStreamOut.$Shape;
        }

        namespace ValueEntityStreamOut {

            /** Properties of a ValueEntityStreamOut. */
            interface $Properties {

                /** ValueEntityStreamOut reply */
                reply?: (cloudstate.valueentity.ValueEntityReply.$Properties|null);

                /** ValueEntityStreamOut failure */
                failure?: (cloudstate.Failure.$Properties|null);

                /** ValueEntityStreamOut message */
                message?: ("reply"|"failure");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a ValueEntityStreamOut. */
            type $Shape = {
              reply?: cloudstate.valueentity.ValueEntityReply.$Shape|null;
              failure?: cloudstate.Failure.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; reply?: null; failure?: null }|{ message?: "reply"; reply: cloudstate.valueentity.ValueEntityReply.$Shape; failure?: null }|{ message?: "failure"; reply?: null; failure: cloudstate.Failure.$Shape })
            );
        }

        /** Represents a ValueEntityReply. */
        class ValueEntityReply {

            /**
             * Constructs a new ValueEntityReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.valueentity.ValueEntityReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ValueEntityReply commandId. */
            commandId: number;

            /** ValueEntityReply clientAction. */
            clientAction?: (cloudstate.ClientAction.$Properties|null);

            /** ValueEntityReply sideEffects. */
            sideEffects: cloudstate.SideEffect.$Properties[];

            /** Unset: the state stays as it is. */
            stateAction?: (cloudstate.valueentity.ValueEntityAction.$Properties|null);

            /**
             * Creates a new ValueEntityReply instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ValueEntityReply instance
             */
            static create(properties: cloudstate.valueentity.ValueEntityReply.$Shape): cloudstate.valueentity.ValueEntityReply & cloudstate.valueentity.ValueEntityReply.$Shape;
            static create(properties?: cloudstate.valueentity.ValueEntityReply.$Properties): cloudstate.valueentity.ValueEntityReply;

            /**
             * Encodes the specified ValueEntityReply message. Does not implicitly {@link cloudstate.valueentity.ValueEntityReply.verify|verify} messages.
             * @param message ValueEntityReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.valueentity.ValueEntityReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ValueEntityReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.valueentity.ValueEntityReply & cloudstate.valueentity.ValueEntityReply.$Shape} ValueEntityReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.valueentity.ValueEntityReply & cloudstate.valueentity.ValueEntityReply.$Shape;
        }

        namespace ValueEntityReply {

            /** Properties of a ValueEntityReply. */
            interface $Properties {

                /** ValueEntityReply commandId */
                commandId?: (number|null);

                /** ValueEntityReply clientAction */
                clientAction?: (cloudstate.ClientAction.$Properties|null);

                /** ValueEntityReply sideEffects */
                sideEffects?: (cloudstate.SideEffect.$Properties[]|null);

                /** Unset: the state stays as it is. */
                stateAction?: (cloudstate.valueentity.ValueEntityAction.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ValueEntityReply. */
            type $Shape = {
              commandId?: number|null;
              clientAction?: cloudstate.ClientAction.$Shape|null;
              sideEffects?: cloudstate.SideEffect.$Shape[]|null;
              stateAction?: cloudstate.valueentity.ValueEntityAction.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a ValueEntityAction. */
        class ValueEntityAction {

            /**
             * Constructs a new ValueEntityAction.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.valueentity.ValueEntityAction.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ValueEntityAction update. */
            update?: (cloudstate.valueentity.ValueEntityUpdate.$Properties|null);

            /** ValueEntityAction delete. */
            delete?: (cloudstate.valueentity.ValueEntityDelete.$Properties|null);

            /** ValueEntityAction action. */
            action?: ("update"|"delete");

            /**
             * Creates a new ValueEntityAction instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ValueEntityAction instance
             */
            static create(properties: cloudstate.valueentity.ValueEntityAction.$Shape): cloudstate.valueentity.ValueEntityAction & cloudstate.valueentity.ValueEntityAction.$Shape;
            static create(properties?: cloudstate.valueentity.ValueEntityAction.$Properties): cloudstate.valueentity.ValueEntityAction;

            /**
             * Encodes the specified ValueEntityAction message. Does not implicitly {@link cloudstate.valueentity.ValueEntityAction.verify|verify} messages.
             * @param message ValueEntityAction message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.valueentity.ValueEntityAction.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ValueEntityAction message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.valueentity.ValueEntityAction & cloudstate.valueentity.ValueEntityAction.$Shape} ValueEntityAction
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.valueentity.ValueEntityAction & cloudstate.valueentity.ValueEntityAction.$Shape;
        }

        namespace ValueEntityAction {

            /** Properties of a ValueEntityAction. */
            interface $Properties {

                /** ValueEntityAction update */
                update?: (cloudstate.valueentity.ValueEntityUpdate.$Properties|null);

                /** ValueEntityAction delete */
                "delete"?: (cloudstate.valueentity.ValueEntityDelete.$Properties|null);

                /** ValueEntityAction action */
                action?: ("update"|"delete");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a ValueEntityAction. */
            type $Shape = {
              update?: cloudstate.valueentity.ValueEntityUpdate.$Shape|null;
              "delete"?: cloudstate.valueentity.ValueEntityDelete.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ action?: undefined; update?: null; "delete"?: null }|{ action?: "update"; update: cloudstate.valueentity.ValueEntityUpdate.$Shape; "delete"?: null }|{ action?: "delete"; update?: null; "delete": cloudstate.valueentity.ValueEntityDelete.$Shape })
            );
        }

        /** Represents a ValueEntityUpdate. */
        class ValueEntityUpdate {

            /**
             * Constructs a new ValueEntityUpdate.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.valueentity.ValueEntityUpdate.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ValueEntityUpdate value. */
            value?: (google.protobuf.Any.$Properties|null);

            /**
             * Creates a new ValueEntityUpdate instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ValueEntityUpdate instance
             */
            static create(properties: cloudstate.valueentity.ValueEntityUpdate.$Shape): cloudstate.valueentity.ValueEntityUpdate & cloudstate.valueentity.ValueEntityUpdate.$Shape;
            static create(properties?: cloudstate.valueentity.ValueEntityUpdate.$Properties): cloudstate.valueentity.ValueEntityUpdate;

            /**
             * Encodes the specified ValueEntityUpdate message. Does not implicitly {@link cloudstate.valueentity.ValueEntityUpdate.verify|verify} messages.
             * @param message ValueEntityUpdate message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.valueentity.ValueEntityUpdate.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ValueEntityUpdate message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.valueentity.ValueEntityUpdate & cloudstate.valueentity.ValueEntityUpdate.$Shape} ValueEntityUpdate
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.valueentity.ValueEntityUpdate & cloudstate.valueentity.ValueEntityUpdate.$Shape;
        }

        namespace ValueEntityUpdate {

            /** Properties of a ValueEntityUpdate. */
            interface $Properties {

                /** ValueEntityUpdate value */
                value?: (google.protobuf.Any.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ValueEntityUpdate. */
            type $Shape = cloudstate.valueentity.ValueEntityUpdate.$Properties;
        }

        /** Represents a ValueEntityDelete. */
        class ValueEntityDelete {

            /**
             * Constructs a new ValueEntityDelete.
             * @param [properties] Properties to set
             */
            constructor(properties?: cloudstate.valueentity.ValueEntityDelete.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Creates a new ValueEntityDelete instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ValueEntityDelete instance
             */
            static create(properties: cloudstate.valueentity.ValueEntityDelete.$Shape): cloudstate.valueentity.ValueEntityDelete & cloudstate.valueentity.ValueEntityDelete.$Shape;
            static create(properties?: cloudstate.valueentity.ValueEntityDelete.$Properties): cloudstate.valueentity.ValueEntityDelete;

            /**
             * Encodes the specified ValueEntityDelete message. Does not implicitly {@link cloudstate.valueentity.ValueEntityDelete.verify|verify} messages.
             * @param message ValueEntityDelete message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: cloudstate.valueentity.ValueEntityDelete.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ValueEntityDelete message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {cloudstate.valueentity.ValueEntityDelete & cloudstate.valueentity.ValueEntityDelete.$Shape} ValueEntityDelete
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): cloudstate.valueentity.ValueEntityDelete & cloudstate.valueentity.ValueEntityDelete.$Shape;
        }

        namespace ValueEntityDelete {

            /** Properties of a ValueEntityDelete. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ValueEntityDelete. */
            type $Shape = cloudstate.valueentity.ValueEntityDelete.$Properties;
        }
    }
}

/** Namespace google. */
export namespace google {

    /** Namespace protobuf. */
    namespace protobuf {

        /** Represents an Any. */
        class Any {

            /**
             * Constructs a new Any.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.Any.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Any value. */
            value: Uint8Array;

            /** Any typeUrl. */
            typeUrl: string;

            /**
             * Creates a new Any instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Any instance
             */
            static create(properties: google.protobuf.Any.$Shape): google.protobuf.Any & google.protobuf.Any.$Shape;
            static create(properties?: google.protobuf.Any.$Properties): google.protobuf.Any;

            /**
             * Encodes the specified Any message. Does not implicitly {@link google.protobuf.Any.verify|verify} messages.
             * @param message Any message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.protobuf.Any.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Any message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.protobuf.Any & google.protobuf.Any.$Shape} Any
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Any & google.protobuf.Any.$Shape;
        }

        namespace Any {

            /** Properties of an Any. */
            interface $Properties {

                /** Any value */
                value?: (Uint8Array|null);

                /** Any typeUrl */
                typeUrl?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Any. */
            type $Shape = google.protobuf.Any.$Properties;
        }

        /** Represents an Empty. */
        class Empty {

            /**
             * Constructs a new Empty.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.Empty.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Creates a new Empty instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Empty instance
             */
            static create(properties: google.protobuf.Empty.$Shape): google.protobuf.Empty & google.protobuf.Empty.$Shape;
            static create(properties?: google.protobuf.Empty.$Properties): google.protobuf.Empty;

            /**
             * Encodes the specified Empty message. Does not implicitly {@link google.protobuf.Empty.verify|verify} messages.
             * @param message Empty message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.protobuf.Empty.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Empty message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.protobuf.Empty & google.protobuf.Empty.$Shape} Empty
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Empty & google.protobuf.Empty.$Shape;
        }

        namespace Empty {

            /** Properties of an Empty. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Empty. */
            type $Shape = google.protobuf.Empty.$Properties;
        }
    }

    /** Namespace api. */
    namespace api {

        /** Represents a Http. */
        class Http {

            /**
             * Constructs a new Http.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.api.Http.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Http rules. */
            rules: google.api.HttpRule.$Properties[];

            /** Http fullyDecodeReservedExpansion. */
            fullyDecodeReservedExpansion: boolean;

            /**
             * Creates a new Http instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Http instance
             */
            static create(properties: google.api.Http.$Shape): google.api.Http & google.api.Http.$Shape;
            static create(properties?: google.api.Http.$Properties): google.api.Http;

            /**
             * Encodes the specified Http message. Does not implicitly {@link google.api.Http.verify|verify} messages.
             * @param message Http message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.api.Http.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Http message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.api.Http & google.api.Http.$Shape} Http
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.api.Http & google.api.Http.$Shape;
        }

        namespace Http {

            /** Properties of a Http. */
            interface $Properties {

                /** Http rules */
                rules?: (google.api.HttpRule.$Properties[]|null);

                /** Http fullyDecodeReservedExpansion */
                fullyDecodeReservedExpansion?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Http. */
            type $Shape = {
              rules?: google.api.HttpRule.$Shape[]|null;
              fullyDecodeReservedExpansion?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** One route: a verb and a path template whose variables are fields of the request. */
        class HttpRule {

            /**
             * Constructs a new HttpRule.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.api.HttpRule.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HttpRule selector. */
            selector: string;

            /** HttpRule get. */
            get?: (string|null);

            /** HttpRule put. */
            put?: (string|null);

            /** HttpRule post. */
            post?: (string|null);

            /** HttpRule delete. */
            delete?: (string|null);

            /** HttpRule patch. */
            patch?: (string|null);

            /** HttpRule custom. */
            custom?: (google.api.CustomHttpPattern.$Properties|null);

            /** The field that the body holds; "*" is the whole request; empty means no body. */
            body: string;

            /** The field of the reply that becomes the body; empty is the whole reply. */
            responseBody: string;

            /** More routes to the same method. They cannot have more of their own. */
            additionalBindings: google.api.HttpRule.$Properties[];

            /** HttpRule pattern. */
            pattern?: ("get"|"put"|"post"|"delete"|"patch"|"custom");

            /**
             * Creates a new HttpRule instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HttpRule instance
             */
            static create(properties: google.api.HttpRule.$Shape): google.api.HttpRule & google.api.HttpRule.$Shape;
            static create(properties?: google.api.HttpRule.$Properties): google.api.HttpRule;

            /**
             * Encodes the specified HttpRule message. Does not implicitly {@link google.api.HttpRule.verify|verify} messages.
             * @param message HttpRule message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.api.HttpRule.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HttpRule message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.api.HttpRule & google.api.HttpRule.$Shape} HttpRule
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.api.HttpRule & google.api.HttpRule.$Shape;
        }

        namespace HttpRule {

            /** Properties of a HttpRule. */
            interface $Properties {

                /** HttpRule selector */
                selector?: (string|null);

                /** HttpRule get */
                get?: (string|null);

                /** HttpRule put */
                put?: (string|null);

                /** HttpRule post */
                post?: (string|null);

                /** HttpRule delete */
                "delete"?: (string|null);

                /** HttpRule patch */
                patch?: (string|null);

                /** HttpRule custom */
                custom?: (google.api.CustomHttpPattern.$Properties|null);

                /** The field that the body holds; "*" is the whole request; empty means no body. */
                body?: (string|null);

                /** The field of the reply that becomes the body; empty is the whole reply. */
                responseBody?: (string|null);

                /** More routes to the same method. They cannot have more of their own. */
                additionalBindings?: (google.api.HttpRule.$Properties[]|null);

                /** HttpRule pattern */
                pattern?: ("get"|"put"|"post"|"delete"|"patch"|"custom");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a HttpRule. */
            type $Shape = {
              selector?: string|null;
              get?: string|null;
              put?: string|null;
              post?: string|null;
              "delete"?: string|null;
              patch?: string|null;
              custom?: google.api.CustomHttpPattern.$Shape|null;
              body?: string|null;
              responseBody?: string|null;
              additionalBindings?: google.api.HttpRule.$Shape[]|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ pattern?: undefined; get?: null; put?: null; post?: null; "delete"?: null; patch?: null; custom?: null }|{ pattern?: "get"; get: string; put?: null; post?: null; "delete"?: null; patch?: null; custom?: null }|{ pattern?: "put"; get?: null; put: string; post?: null; "delete"?: null; patch?: null; custom?: null }|{ pattern?: "post"; get?: null; put?: null; post: string; "delete"?: null; patch?: null; custom?: null }|{ pattern?: "delete"; get?: null; put?: null; post?: null; "delete": string; patch?: null; custom?: null }|{ pattern?: "patch"; get?: null; put?: null; post?: null; "delete"?: null; patch: string; custom?: null }|{ pattern?: "custom"; get?: null; put?: null; post?: null; "delete"?: null; patch?: null; custom: google.api.CustomHttpPattern.$Shape })
            );
        }

        /** Represents a CustomHttpPattern. */
        class CustomHttpPattern {

            /**
             * Constructs a new CustomHttpPattern.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.api.CustomHttpPattern.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CustomHttpPattern kind. */
            kind: string;

            /** CustomHttpPattern path. */
            path: string;

            /**
             * Creates a new CustomHttpPattern instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CustomHttpPattern instance
             */
            static create(properties: google.api.CustomHttpPattern.$Shape): google.api.CustomHttpPattern & google.api.CustomHttpPattern.$Shape;
            static create(properties?: google.api.CustomHttpPattern.$Properties): google.api.CustomHttpPattern;

            /**
             * Encodes the specified CustomHttpPattern message. Does not implicitly {@link google.api.CustomHttpPattern.verify|verify} messages.
             * @param message CustomHttpPattern message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.api.CustomHttpPattern.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CustomHttpPattern message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.api.CustomHttpPattern & google.api.CustomHttpPattern.$Shape} CustomHttpPattern
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.api.CustomHttpPattern & google.api.CustomHttpPattern.$Shape;
        }

        namespace CustomHttpPattern {

            /** Properties of a CustomHttpPattern. */
            interface $Properties {

                /** CustomHttpPattern kind */
                kind?: (string|null);

                /** CustomHttpPattern path */
                path?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CustomHttpPattern. */
            type $Shape = google.api.CustomHttpPattern.$Properties;
        }

        /** A body that is not JSON. */
        class HttpBody {

            /**
             * Constructs a new HttpBody.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.api.HttpBody.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HttpBody contentType. */
            contentType: string;

            /** HttpBody data. */
            data: Uint8Array;

            /** HttpBody extensions. */
            extensions: google.protobuf.Any.$Properties[];

            /**
             * Creates a new HttpBody instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HttpBody instance
             */
            static create(properties: google.api.HttpBody.$Shape): google.api.HttpBody & google.api.HttpBody.$Shape;
            static create(properties?: google.api.HttpBody.$Properties): google.api.HttpBody;

            /**
             * Encodes the specified HttpBody message. Does not implicitly {@link google.api.HttpBody.verify|verify} messages.
             * @param message HttpBody message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.api.HttpBody.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HttpBody message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.api.HttpBody & google.api.HttpBody.$Shape} HttpBody
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.api.HttpBody & google.api.HttpBody.$Shape;
        }

        namespace HttpBody {

            /** Properties of a HttpBody. */
            interface $Properties {

                /** HttpBody contentType */
                contentType?: (string|null);

                /** HttpBody data */
                data?: (Uint8Array|null);

                /** HttpBody extensions */
                extensions?: (google.protobuf.Any.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HttpBody. */
            type $Shape = google.api.HttpBody.$Properties;
        }
    }
}

/** Namespace grpc. */
export namespace grpc {

    /** Namespace health. */
    namespace health {

        /** Namespace v1. */
        namespace v1 {

            /** Represents a HealthCheckRequest. */
            class HealthCheckRequest {

                /**
                 * Constructs a new HealthCheckRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.HealthCheckRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Empty: the server as a whole. */
                service: string;

                /**
                 * Creates a new HealthCheckRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HealthCheckRequest instance
                 */
                static create(properties: grpc.health.v1.HealthCheckRequest.$Shape): grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape;
                static create(properties?: grpc.health.v1.HealthCheckRequest.$Properties): grpc.health.v1.HealthCheckRequest;

                /**
                 * Encodes the specified HealthCheckRequest message. Does not implicitly {@link grpc.health.v1.HealthCheckRequest.verify|verify} messages.
                 * @param message HealthCheckRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.health.v1.HealthCheckRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape} HealthCheckRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape;
            }

            namespace HealthCheckRequest {

                /** Properties of a HealthCheckRequest. */
                interface $Properties {

                    /** Empty: the server as a whole. */
                    service?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HealthCheckRequest. */
                type $Shape = grpc.health.v1.HealthCheckRequest.$Properties;
            }

            /** Represents a HealthCheckResponse. */
            class HealthCheckResponse {

                /**
                 * Constructs a new HealthCheckResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.HealthCheckResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HealthCheckResponse status. */
                status: grpc.health.v1.HealthCheckResponse.ServingStatus;

                /**
                 * Creates a new HealthCheckResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HealthCheckResponse instance
                 */
                static create(properties: grpc.health.v1.HealthCheckResponse.$Shape): grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape;
                static create(properties?: grpc.health.v1.HealthCheckResponse.$Properties): grpc.health.v1.HealthCheckResponse;

                /**
                 * Encodes the specified HealthCheckResponse message. Does not implicitly {@link grpc.health.v1.HealthCheckResponse.verify|verify} messages.
                 * @param message HealthCheckResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.health.v1.HealthCheckResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape} HealthCheckResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape;
            }

            namespace HealthCheckResponse {

                /** Properties of a HealthCheckResponse. */
                interface $Properties {

                    /** HealthCheckResponse status */
                    status?: (grpc.health.v1.HealthCheckResponse.ServingStatus|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HealthCheckResponse. */
                type $Shape = grpc.health.v1.HealthCheckResponse.$Properties;

                /** ServingStatus enum. */
                enum ServingStatus {

                    /** UNKNOWN value */
                    UNKNOWN = 0,

                    /** SERVING value */
                    SERVING = 1,

                    /** NOT_SERVING value */
                    NOT_SERVING = 2,

                    /** Only Watch answers this. */
                    SERVICE_UNKNOWN = 3
                }
            }

            /** Represents a HealthListRequest. */
            class HealthListRequest {

                /**
                 * Constructs a new HealthListRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.HealthListRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /**
                 * Creates a new HealthListRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HealthListRequest instance
                 */
                static create(properties: grpc.health.v1.HealthListRequest.$Shape): grpc.health.v1.HealthListRequest & grpc.health.v1.HealthListRequest.$Shape;
                static create(properties?: grpc.health.v1.HealthListRequest.$Properties): grpc.health.v1.HealthListRequest;

                /**
                 * Encodes the specified HealthListRequest message. Does not implicitly {@link grpc.health.v1.HealthListRequest.verify|verify} messages.
                 * @param message HealthListRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.health.v1.HealthListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthListRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.health.v1.HealthListRequest & grpc.health.v1.HealthListRequest.$Shape} HealthListRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthListRequest & grpc.health.v1.HealthListRequest.$Shape;
            }

            namespace HealthListRequest {

                /** Properties of a HealthListRequest. */
                interface $Properties {

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HealthListRequest. */
                type $Shape = grpc.health.v1.HealthListRequest.$Properties;
            }

            /** Represents a HealthListResponse. */
            class HealthListResponse {

                /**
                 * Constructs a new HealthListResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.HealthListResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HealthListResponse statuses. */
                statuses: { [k: string]: grpc.health.v1.HealthCheckResponse.$Properties };

                /**
                 * Creates a new HealthListResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HealthListResponse instance
                 */
                static create(properties: grpc.health.v1.HealthListResponse.$Shape): grpc.health.v1.HealthListResponse & grpc.health.v1.HealthListResponse.$Shape;
                static create(properties?: grpc.health.v1.HealthListResponse.$Properties): grpc.health.v1.HealthListResponse;

                /**
                 * Encodes the specified HealthListResponse message. Does not implicitly {@link grpc.health.v1.HealthListResponse.verify|verify} messages.
                 * @param message HealthListResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.health.v1.HealthListResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthListResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.health.v1.HealthListResponse & grpc.health.v1.HealthListResponse.$Shape} HealthListResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthListResponse & grpc.health.v1.HealthListResponse.$Shape;
            }

            namespace HealthListResponse {

                /** Properties of a HealthListResponse. */
                interface $Properties {

                    /** HealthListResponse statuses */
                    statuses?: ({ [k: string]: grpc.health.v1.HealthCheckResponse.$Properties }|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HealthListResponse. */
                type $Shape = grpc.health.v1.HealthListResponse.$Properties;
            }
        }
    }

    /** Namespace reflection. */
    namespace reflection {

        /** Namespace v1. */
        namespace v1 {

            /** Represents a ServerReflectionRequest. */
            class ServerReflectionRequest {

                /**
                 * Constructs a new ServerReflectionRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ServerReflectionRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServerReflectionRequest host. */
                host: string;

                /** ServerReflectionRequest fileByFilename. */
                fileByFilename?: (string|null);

                /** A full name of a service, method or message. */
                fileContainingSymbol?: (string|null);

                /** ServerReflectionRequest fileContainingExtension. */
                fileContainingExtension?: (grpc.reflection.v1.ExtensionRequest.$Properties|null);

                /** ServerReflectionRequest allExtensionNumbersOfType. */
                allExtensionNumbersOfType?: (string|null);

                /** ServerReflectionRequest listServices. */
                listServices?: (string|null);

                /** ServerReflectionRequest messageRequest. */
                messageRequest?: ("fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices");

                /**
                 * Creates a new ServerReflectionRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServerReflectionRequest instance
                 */
                static create(properties: grpc.reflection.v1.ServerReflectionRequest.$Shape): grpc.reflection.v1.ServerReflectionRequest & grpc.reflection.v1.ServerReflectionRequest.$Shape;
                static create(properties?: grpc.reflection.v1.ServerReflectionRequest.$Properties): grpc.reflection.v1.ServerReflectionRequest;

                /**
                 * Encodes the specified ServerReflectionRequest message. Does not implicitly {@link grpc.reflection.v1.ServerReflectionRequest.verify|verify} messages.
                 * @param message ServerReflectionRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ServerReflectionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServerReflectionRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ServerReflectionRequest & grpc.reflection.v1.ServerReflectionRequest.$Shape} ServerReflectionRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServerReflectionRequest & grpc.reflection.v1.ServerReflectionRequest.$Shape;
            }

            namespace ServerReflectionRequest {

                /** Properties of a ServerReflectionRequest. */
                interface $Properties {

                    /** ServerReflectionRequest host */
                    host?: (string|null);

                    /** ServerReflectionRequest fileByFilename */
                    fileByFilename?: (string|null);

                    /** A full name of a service, method or message. */
                    fileContainingSymbol?: (string|null);

                    /** ServerReflectionRequest fileContainingExtension */
                    fileContainingExtension?: (grpc.reflection.v1.ExtensionRequest.$Properties|null);

                    /** ServerReflectionRequest allExtensionNumbersOfType */
                    allExtensionNumbersOfType?: (string|null);

                    /** ServerReflectionRequest listServices */
                    listServices?: (string|null);

                    /** ServerReflectionRequest messageRequest */
                    messageRequest?: ("fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a ServerReflectionRequest. */
                type $Shape = {
                  host?: string|null;
                  fileByFilename?: string|null;
                  fileContainingSymbol?: string|null;
                  fileContainingExtension?: grpc.reflection.v1.ExtensionRequest.$Shape|null;
                  allExtensionNumbersOfType?: string|null;
                  listServices?: string|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ messageRequest?: undefined; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileByFilename"; fileByFilename: string; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileContainingSymbol"; fileByFilename?: null; fileContainingSymbol: string; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileContainingExtension"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension: grpc.reflection.v1.ExtensionRequest.$Shape; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "allExtensionNumbersOfType"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType: string; listServices?: null }|{ messageRequest?: "listServices"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices: string })
                );
            }

            /** Represents an ExtensionRequest. */
            class ExtensionRequest {

                /**
                 * Constructs a new ExtensionRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ExtensionRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ExtensionRequest containingType. */
                containingType: string;

                /** ExtensionRequest extensionNumber. */
                extensionNumber: number;

                /**
                 * Creates a new ExtensionRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ExtensionRequest instance
                 */
                static create(properties: grpc.reflection.v1.ExtensionRequest.$Shape): grpc.reflection.v1.ExtensionRequest & grpc.reflection.v1.ExtensionRequest.$Shape;
                static create(properties?: grpc.reflection.v1.ExtensionRequest.$Properties): grpc.reflection.v1.ExtensionRequest;

                /**
                 * Encodes the specified ExtensionRequest message. Does not implicitly {@link grpc.reflection.v1.ExtensionRequest.verify|verify} messages.
                 * @param message ExtensionRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ExtensionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ExtensionRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ExtensionRequest & grpc.reflection.v1.ExtensionRequest.$Shape} ExtensionRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ExtensionRequest & grpc.reflection.v1.ExtensionRequest.$Shape;
            }

            namespace ExtensionRequest {

                /** Properties of an ExtensionRequest. */
                interface $Properties {

                    /** ExtensionRequest containingType */
                    containingType?: (string|null);

                    /** ExtensionRequest extensionNumber */
                    extensionNumber?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ExtensionRequest. */
                type $Shape = grpc.reflection.v1.ExtensionRequest.$Properties;
            }

            /** Represents a ServerReflectionResponse. */
            class ServerReflectionResponse {

                /**
                 * Constructs a new ServerReflectionResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ServerReflectionResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServerReflectionResponse validHost. */
                validHost: string;

                /** ServerReflectionResponse originalRequest. */
                originalRequest?: (grpc.reflection.v1.ServerReflectionRequest.$Properties|null);

                /** ServerReflectionResponse fileDescriptorResponse. */
                fileDescriptorResponse?: (grpc.reflection.v1.FileDescriptorResponse.$Properties|null);

                /** ServerReflectionResponse allExtensionNumbersResponse. */
                allExtensionNumbersResponse?: (grpc.reflection.v1.ExtensionNumberResponse.$Properties|null);

                /** ServerReflectionResponse listServicesResponse. */
                listServicesResponse?: (grpc.reflection.v1.ListServiceResponse.$Properties|null);

                /** ServerReflectionResponse errorResponse. */
                errorResponse?: (grpc.reflection.v1.ErrorResponse.$Properties|null);

                /** ServerReflectionResponse messageResponse. */
                messageResponse?: ("fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse");

                /**
                 * Creates a new ServerReflectionResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServerReflectionResponse instance
                 */
                static create(properties: grpc.reflection.v1.ServerReflectionResponse.$Shape): grpc.reflection.v1.ServerReflectionResponse & grpc.reflection.v1.ServerReflectionResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ServerReflectionResponse.$Properties): grpc.reflection.v1.ServerReflectionResponse;

                /**
                 * Encodes the specified ServerReflectionResponse message. Does not implicitly {@link grpc.reflection.v1.ServerReflectionResponse.verify|verify} messages.
                 * @param message ServerReflectionResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ServerReflectionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServerReflectionResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ServerReflectionResponse & grpc.reflection.v1.ServerReflectionResponse.$Shape} ServerReflectionResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServerReflectionResponse & grpc.reflection.v1.ServerReflectionResponse.$Shape;
            }

            namespace ServerReflectionResponse {

                /** Properties of a ServerReflectionResponse. */
                interface $Properties {

                    /** ServerReflectionResponse validHost */
                    validHost?: (string|null);

                    /** ServerReflectionResponse originalRequest */
                    originalRequest?: (grpc.reflection.v1.ServerReflectionRequest.$Properties|null);

                    /** ServerReflectionResponse fileDescriptorResponse */
                    fileDescriptorResponse?: (grpc.reflection.v1.FileDescriptorResponse.$Properties|null);

                    /** ServerReflectionResponse allExtensionNumbersResponse */
                    allExtensionNumbersResponse?: (grpc.reflection.v1.ExtensionNumberResponse.$Properties|null);

                    /** ServerReflectionResponse listServicesResponse */
                    listServicesResponse?: (grpc.reflection.v1.ListServiceResponse.$Properties|null);

                    /** ServerReflectionResponse errorResponse */
                    errorResponse?: (grpc.reflection.v1.ErrorResponse.$Properties|null);

                    /** ServerReflectionResponse messageResponse */
                    messageResponse?: ("fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a ServerReflectionResponse. */
                type $Shape = {
                  validHost?: string|null;
                  originalRequest?: grpc.reflection.v1.ServerReflectionRequest.$Shape|null;
                  fileDescriptorResponse?: grpc.reflection.v1.FileDescriptorResponse.$Shape|null;
                  allExtensionNumbersResponse?: grpc.reflection.v1.ExtensionNumberResponse.$Shape|null;
                  listServicesResponse?: grpc.reflection.v1.ListServiceResponse.$Shape|null;
                  errorResponse?: grpc.reflection.v1.ErrorResponse.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ messageResponse?: undefined; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "fileDescriptorResponse"; fileDescriptorResponse: grpc.reflection.v1.FileDescriptorResponse.$Shape; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "allExtensionNumbersResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse: grpc.reflection.v1.ExtensionNumberResponse.$Shape; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "listServicesResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse: grpc.reflection.v1.ListServiceResponse.$Shape; errorResponse?: null }|{ messageResponse?: "errorResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse: grpc.reflection.v1.ErrorResponse.$Shape })
                );
            }

            /** Represents a FileDescriptorResponse. */
            class FileDescriptorResponse {

                /**
                 * Constructs a new FileDescriptorResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.FileDescriptorResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Serialized google.protobuf.FileDescriptorProto messages. */
                fileDescriptorProto: Uint8Array[];

                /**
                 * Creates a new FileDescriptorResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns FileDescriptorResponse instance
                 */
                static create(properties: grpc.reflection.v1.FileDescriptorResponse.$Shape): grpc.reflection.v1.FileDescriptorResponse & grpc.reflection.v1.FileDescriptorResponse.$Shape;
                static create(properties?: grpc.reflection.v1.FileDescriptorResponse.$Properties): grpc.reflection.v1.FileDescriptorResponse;

                /**
                 * Encodes the specified FileDescriptorResponse message. Does not implicitly {@link grpc.reflection.v1.FileDescriptorResponse.verify|verify} messages.
                 * @param message FileDescriptorResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.FileDescriptorResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a FileDescriptorResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.FileDescriptorResponse & grpc.reflection.v1.FileDescriptorResponse.$Shape} FileDescriptorResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.FileDescriptorResponse & grpc.reflection.v1.FileDescriptorResponse.$Shape;
            }

            namespace FileDescriptorResponse {

                /** Properties of a FileDescriptorResponse. */
                interface $Properties {

                    /** Serialized google.protobuf.FileDescriptorProto messages. */
                    fileDescriptorProto?: (Uint8Array[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a FileDescriptorResponse. */
                type $Shape = grpc.reflection.v1.FileDescriptorResponse.$Properties;
            }

            /** Represents an ExtensionNumberResponse. */
            class ExtensionNumberResponse {

                /**
                 * Constructs a new ExtensionNumberResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ExtensionNumberResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ExtensionNumberResponse baseTypeName. */
                baseTypeName: string;

                /** ExtensionNumberResponse extensionNumber. */
                extensionNumber: number[];

                /**
                 * Creates a new ExtensionNumberResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ExtensionNumberResponse instance
                 */
                static create(properties: grpc.reflection.v1.ExtensionNumberResponse.$Shape): grpc.reflection.v1.ExtensionNumberResponse & grpc.reflection.v1.ExtensionNumberResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ExtensionNumberResponse.$Properties): grpc.reflection.v1.ExtensionNumberResponse;

                /**
                 * Encodes the specified ExtensionNumberResponse message. Does not implicitly {@link grpc.reflection.v1.ExtensionNumberResponse.verify|verify} messages.
                 * @param message ExtensionNumberResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ExtensionNumberResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ExtensionNumberResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ExtensionNumberResponse & grpc.reflection.v1.ExtensionNumberResponse.$Shape} ExtensionNumberResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ExtensionNumberResponse & grpc.reflection.v1.ExtensionNumberResponse.$Shape;
            }

            namespace ExtensionNumberResponse {

                /** Properties of an ExtensionNumberResponse. */
                interface $Properties {

                    /** ExtensionNumberResponse baseTypeName */
                    baseTypeName?: (string|null);

                    /** ExtensionNumberResponse extensionNumber */
                    extensionNumber?: (number[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ExtensionNumberResponse. */
                type $Shape = grpc.reflection.v1.ExtensionNumberResponse.$Properties;
            }

            /** Represents a ListServiceResponse. */
            class ListServiceResponse {

                /**
                 * Constructs a new ListServiceResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ListServiceResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ListServiceResponse service. */
                service: grpc.reflection.v1.ServiceResponse.$Properties[];

                /**
                 * Creates a new ListServiceResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ListServiceResponse instance
                 */
                static create(properties: grpc.reflection.v1.ListServiceResponse.$Shape): grpc.reflection.v1.ListServiceResponse & grpc.reflection.v1.ListServiceResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ListServiceResponse.$Properties): grpc.reflection.v1.ListServiceResponse;

                /**
                 * Encodes the specified ListServiceResponse message. Does not implicitly {@link grpc.reflection.v1.ListServiceResponse.verify|verify} messages.
                 * @param message ListServiceResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ListServiceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ListServiceResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ListServiceResponse & grpc.reflection.v1.ListServiceResponse.$Shape} ListServiceResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ListServiceResponse & grpc.reflection.v1.ListServiceResponse.$Shape;
            }

            namespace ListServiceResponse {

                /** Properties of a ListServiceResponse. */
                interface $Properties {

                    /** ListServiceResponse service */
                    service?: (grpc.reflection.v1.ServiceResponse.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ListServiceResponse. */
                type $Shape = grpc.reflection.v1.ListServiceResponse.$Properties;
            }

            /** Represents a ServiceResponse. */
            class ServiceResponse {

                /**
                 * Constructs a new ServiceResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ServiceResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServiceResponse name. */
                name: string;

                /**
                 * Creates a new ServiceResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServiceResponse instance
                 */
                static create(properties: grpc.reflection.v1.ServiceResponse.$Shape): grpc.reflection.v1.ServiceResponse & grpc.reflection.v1.ServiceResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ServiceResponse.$Properties): grpc.reflection.v1.ServiceResponse;

                /**
                 * Encodes the specified ServiceResponse message. Does not implicitly {@link grpc.reflection.v1.ServiceResponse.verify|verify} messages.
                 * @param message ServiceResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ServiceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServiceResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ServiceResponse & grpc.reflection.v1.ServiceResponse.$Shape} ServiceResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServiceResponse & grpc.reflection.v1.ServiceResponse.$Shape;
            }

            namespace ServiceResponse {

                /** Properties of a ServiceResponse. */
                interface $Properties {

                    /** ServiceResponse name */
                    name?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ServiceResponse. */
                type $Shape = grpc.reflection.v1.ServiceResponse.$Properties;
            }

            /** Represents an ErrorResponse. */
            class ErrorResponse {

                /**
                 * Constructs a new ErrorResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ErrorResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** A gRPC status code. */
                errorCode: number;

                /** ErrorResponse errorMessage. */
                errorMessage: string;

                /**
                 * Creates a new ErrorResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ErrorResponse instance
                 */
                static create(properties: grpc.reflection.v1.ErrorResponse.$Shape): grpc.reflection.v1.ErrorResponse & grpc.reflection.v1.ErrorResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ErrorResponse.$Properties): grpc.reflection.v1.ErrorResponse;

                /**
                 * Encodes the specified ErrorResponse message. Does not implicitly {@link grpc.reflection.v1.ErrorResponse.verify|verify} messages.
                 * @param message ErrorResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ErrorResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ErrorResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ErrorResponse & grpc.reflection.v1.ErrorResponse.$Shape} ErrorResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ErrorResponse & grpc.reflection.v1.ErrorResponse.$Shape;
            }

            namespace ErrorResponse {

                /** Properties of an ErrorResponse. */
                interface $Properties {

                    /** A gRPC status code. */
                    errorCode?: (number|null);

                    /** ErrorResponse errorMessage */
                    errorMessage?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ErrorResponse. */
                type $Shape = grpc.reflection.v1.ErrorResponse.$Properties;
            }
        }

        /** Namespace v1alpha. */
        namespace v1alpha {

            /** Represents a ServerReflectionRequest. */
            class ServerReflectionRequest {

                /**
                 * Constructs a new ServerReflectionRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1alpha.ServerReflectionRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServerReflectionRequest host. */
                host: string;

                /** ServerReflectionRequest fileByFilename. */
                fileByFilename?: (string|null);

                /** A full name of a service, method or message. */
                fileContainingSymbol?: (string|null);

                /** ServerReflectionRequest fileContainingExtension. */
                fileContainingExtension?: (grpc.reflection.v1alpha.ExtensionRequest.$Properties|null);

                /** ServerReflectionRequest allExtensionNumbersOfType. */
                allExtensionNumbersOfType?: (string|null);

                /** ServerReflectionRequest listServices. */
                listServices?: (string|null);

                /** ServerReflectionRequest messageRequest. */
                messageRequest?: ("fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices");

                /**
                 * Creates a new ServerReflectionRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServerReflectionRequest instance
                 */
                static create(properties: grpc.reflection.v1alpha.ServerReflectionRequest.$Shape): grpc.reflection.v1alpha.ServerReflectionRequest & grpc.reflection.v1alpha.ServerReflectionRequest.$Shape;
                static create(properties?: grpc.reflection.v1alpha.ServerReflectionRequest.$Properties): grpc.reflection.v1alpha.ServerReflectionRequest;

                /**
                 * Encodes the specified ServerReflectionRequest message. Does not implicitly {@link grpc.reflection.v1alpha.ServerReflectionRequest.verify|verify} messages.
                 * @param message ServerReflectionRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1alpha.ServerReflectionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServerReflectionRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1alpha.ServerReflectionRequest & grpc.reflection.v1alpha.ServerReflectionRequest.$Shape} ServerReflectionRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1alpha.ServerReflectionRequest & grpc.reflection.v1alpha.ServerReflectionRequest.$Shape;
            }

            namespace ServerReflectionRequest {

                /** Properties of a ServerReflectionRequest. */
                interface $Properties {

                    /** ServerReflectionRequest host */
                    host?: (string|null);

                    /** ServerReflectionRequest fileByFilename */
                    fileByFilename?: (string|null);

                    /** A full name of a service, method or message. */
                    fileContainingSymbol?: (string|null);

                    /** ServerReflectionRequest fileContainingExtension */
                    fileContainingExtension?: (grpc.reflection.v1alpha.ExtensionRequest.$Properties|null);

                    /** ServerReflectionRequest allExtensionNumbersOfType */
                    allExtensionNumbersOfType?: (string|null);

                    /** ServerReflectionRequest listServices */
                    listServices?: (string|null);

                    /** ServerReflectionRequest messageRequest */
                    messageRequest?: ("fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a ServerReflectionRequest. */
                type $Shape = {
                  host?: string|null;
                  fileByFilename?: string|null;
                  fileContainingSymbol?: string|null;
                  fileContainingExtension?: grpc.reflection.v1alpha.ExtensionRequest.$Shape|null;
                  allExtensionNumbersOfType?: string|null;
                  listServices?: string|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ messageRequest?: undefined; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileByFilename"; fileByFilename: string; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileContainingSymbol"; fileByFilename?: null; fileContainingSymbol: string; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileContainingExtension"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension: grpc.reflection.v1alpha.ExtensionRequest.$Shape; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "allExtensionNumbersOfType"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType: string; listServices?: null }|{ messageRequest?: "listServices"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices: string })
                );
            }

            /** Represents an ExtensionRequest. */
            class ExtensionRequest {

                /**
                 * Constructs a new ExtensionRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1alpha.ExtensionRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ExtensionRequest containingType. */
                containingType: string;

                /** ExtensionRequest extensionNumber. */
                extensionNumber: number;

                /**
                 * Creates a new ExtensionRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ExtensionRequest instance
                 */
                static create(properties: grpc.reflection.v1alpha.ExtensionRequest.$Shape): grpc.reflection.v1alpha.ExtensionRequest & grpc.reflection.v1alpha.ExtensionRequest.$Shape;
                static create(properties?: grpc.reflection.v1alpha.ExtensionRequest.$Properties): grpc.reflection.v1alpha.ExtensionRequest;

                /**
                 * Encodes the specified ExtensionRequest message. Does not implicitly {@link grpc.reflection.v1alpha.ExtensionRequest.verify|verify} messages.
                 * @param message ExtensionRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1alpha.ExtensionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ExtensionRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1alpha.ExtensionRequest & grpc.reflection.v1alpha.ExtensionRequest.$Shape} ExtensionRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1alpha.ExtensionRequest & grpc.reflection.v1alpha.ExtensionRequest.$Shape;
            }

            namespace ExtensionRequest {

                /** Properties of an ExtensionRequest. */
                interface $Properties {

                    /** ExtensionRequest containingType */
                    containingType?: (string|null);

                    /** ExtensionRequest extensionNumber */
                    extensionNumber?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ExtensionRequest. */
                type $Shape = grpc.reflection.v1alpha.ExtensionRequest.$Properties;
            }

            /** Represents a ServerReflectionResponse. */
            class ServerReflectionResponse {

                /**
                 * Constructs a new ServerReflectionResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1alpha.ServerReflectionResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServerReflectionResponse validHost. */
                validHost: string;

                /** ServerReflectionResponse originalRequest. */
                originalRequest?: (grpc.reflection.v1alpha.ServerReflectionRequest.$Properties|null);

                /** ServerReflectionResponse fileDescriptorResponse. */
                fileDescriptorResponse?: (grpc.reflection.v1alpha.FileDescriptorResponse.$Properties|null);

                /** ServerReflectionResponse allExtensionNumbersResponse. */
                allExtensionNumbersResponse?: (grpc.reflection.v1alpha.ExtensionNumberResponse.$Properties|null);

                /** ServerReflectionResponse listServicesResponse. */
                listServicesResponse?: (grpc.reflection.v1alpha.ListServiceResponse.$Properties|null);

                /** ServerReflectionResponse errorResponse. */
                errorResponse?: (grpc.reflection.v1alpha.ErrorResponse.$Properties|null);

                /** ServerReflectionResponse messageResponse. */
                messageResponse?: ("fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse");

                /**
                 * Creates a new ServerReflectionResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServerReflectionResponse instance
                 */
                static create(properties: grpc.reflection.v1alpha.ServerReflectionResponse.$Shape): grpc.reflection.v1alpha.ServerReflectionResponse & grpc.reflection.v1alpha.ServerReflectionResponse.$Shape;
                static create(properties?: grpc.reflection.v1alpha.ServerReflectionResponse.$Properties): grpc.reflection.v1alpha.ServerReflectionResponse;

                /**
                 * Encodes the specified ServerReflectionResponse message. Does not implicitly {@link grpc.reflection.v1alpha.ServerReflectionResponse.verify|verify} messages.
                 * @param message ServerReflectionResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1alpha.ServerReflectionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServerReflectionResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1alpha.ServerReflectionResponse & grpc.reflection.v1alpha.ServerReflectionResponse.$Shape} ServerReflectionResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1alpha.ServerReflectionResponse & grpc.reflection.v1alpha.ServerReflectionResponse.$Shape;
            }

            namespace ServerReflectionResponse {

                /** Properties of a ServerReflectionResponse. */
                interface $Properties {

                    /** ServerReflectionResponse validHost */
                    validHost?: (string|null);

                    /** ServerReflectionResponse originalRequest */
                    originalRequest?: (grpc.reflection.v1alpha.ServerReflectionRequest.$Properties|null);

                    /** ServerReflectionResponse fileDescriptorResponse */
                    fileDescriptorResponse?: (grpc.reflection.v1alpha.FileDescriptorResponse.$Properties|null);

                    /** ServerReflectionResponse allExtensionNumbersResponse */
                    allExtensionNumbersResponse?: (grpc.reflection.v1alpha.ExtensionNumberResponse.$Properties|null);

                    /** ServerReflectionResponse listServicesResponse */
                    listServicesResponse?: (grpc.reflection.v1alpha.ListServiceResponse.$Properties|null);

                    /** ServerReflectionResponse errorResponse */
                    errorResponse?: (grpc.reflection.v1alpha.ErrorResponse.$Properties|null);

                    /** ServerReflectionResponse messageResponse */
                    messageResponse?: ("fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a ServerReflectionResponse. */
                type $Shape = {
                  validHost?: string|null;
                  originalRequest?: grpc.reflection.v1alpha.ServerReflectionRequest.$Shape|null;
                  fileDescriptorResponse?: grpc.reflection.v1alpha.FileDescriptorResponse.$Shape|null;
                  allExtensionNumbersResponse?: grpc.reflection.v1alpha.ExtensionNumberResponse.$Shape|null;
                  listServicesResponse?: grpc.reflection.v1alpha.ListServiceResponse.$Shape|null;
                  errorResponse?: grpc.reflection.v1alpha.ErrorResponse.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ messageResponse?: undefined; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "fileDescriptorResponse"; fileDescriptorResponse: grpc.reflection.v1alpha.FileDescriptorResponse.$Shape; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "allExtensionNumbersResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse: grpc.reflection.v1alpha.ExtensionNumberResponse.$Shape; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "listServicesResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse: grpc.reflection.v1alpha.ListServiceResponse.$Shape; errorResponse?: null }|{ messageResponse?: "errorResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse: grpc.reflection.v1alpha.ErrorResponse.$Shape })
                );
            }

            /** Represents a FileDescriptorResponse. */
            class FileDescriptorResponse {

                /**
                 * Constructs a new FileDescriptorResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1alpha.FileDescriptorResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Serialized google.protobuf.FileDescriptorProto messages. */
                fileDescriptorProto: Uint8Array[];

                /**
                 * Creates a new FileDescriptorResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns FileDescriptorResponse instance
                 */
                static create(properties: grpc.reflection.v1alpha.FileDescriptorResponse.$Shape): grpc.reflection.v1alpha.FileDescriptorResponse & grpc.reflection.v1alpha.FileDescriptorResponse.$Shape;
                static create(properties?: grpc.reflection.v1alpha.FileDescriptorResponse.$Properties): grpc.reflection.v1alpha.FileDescriptorResponse;

                /**
                 * Encodes the specified FileDescriptorResponse message. Does not implicitly {@link grpc.reflection.v1alpha.FileDescriptorResponse.verify|verify} messages.
                 * @param message FileDescriptorResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1alpha.FileDescriptorResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a FileDescriptorResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1alpha.FileDescriptorResponse & grpc.reflection.v1alpha.FileDescriptorResponse.$Shape} FileDescriptorResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1alpha.FileDescriptorResponse & grpc.reflection.v1alpha.FileDescriptorResponse.$Shape;
            }

            namespace FileDescriptorResponse {

                /** Properties of a FileDescriptorResponse. */
                interface $Properties {

                    /** Serialized google.protobuf.FileDescriptorProto messages. */
                    fileDescriptorProto?: (Uint8Array[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a FileDescriptorResponse. */
                type $Shape = grpc.reflection.v1alpha.FileDescriptorResponse.$Properties;
            }

            /** Represents an ExtensionNumberResponse. */
            class ExtensionNumberResponse {

                /**
                 * Constructs a new ExtensionNumberResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1alpha.ExtensionNumberResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ExtensionNumberResponse baseTypeName. */
                baseTypeName: string;

                /** ExtensionNumberResponse extensionNumber. */
                extensionNumber: number[];

                /**
                 * Creates a new ExtensionNumberResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ExtensionNumberResponse instance
                 */
                static create(properties: grpc.reflection.v1alpha.ExtensionNumberResponse.$Shape): grpc.reflection.v1alpha.ExtensionNumberResponse & grpc.reflection.v1alpha.ExtensionNumberResponse.$Shape;
                static create(properties?: grpc.reflection.v1alpha.ExtensionNumberResponse.$Properties): grpc.reflection.v1alpha.ExtensionNumberResponse;

                /**
                 * Encodes the specified ExtensionNumberResponse message. Does not implicitly {@link grpc.reflection.v1alpha.ExtensionNumberResponse.verify|verify} messages.
                 * @param message ExtensionNumberResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1alpha.ExtensionNumberResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ExtensionNumberResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1alpha.ExtensionNumberResponse & grpc.reflection.v1alpha.ExtensionNumberResponse.$Shape} ExtensionNumberResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1alpha.ExtensionNumberResponse & grpc.reflection.v1alpha.ExtensionNumberResponse.$Shape;
            }

            namespace ExtensionNumberResponse {

                /** Properties of an ExtensionNumberResponse. */
                interface $Properties {

                    /** ExtensionNumberResponse baseTypeName */
                    baseTypeName?: (string|null);

                    /** ExtensionNumberResponse extensionNumber */
                    extensionNumber?: (number[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ExtensionNumberResponse. */
                type $Shape = grpc.reflection.v1alpha.ExtensionNumberResponse.$Properties;
            }

            /** Represents a ListServiceResponse. */
            class ListServiceResponse {

                /**
                 * Constructs a new ListServiceResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1alpha.ListServiceResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ListServiceResponse service. */
                service: grpc.reflection.v1alpha.ServiceResponse.$Properties[];

                /**
                 * Creates a new ListServiceResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ListServiceResponse instance
                 */
                static create(properties: grpc.reflection.v1alpha.ListServiceResponse.$Shape): grpc.reflection.v1alpha.ListServiceResponse & grpc.reflection.v1alpha.ListServiceResponse.$Shape;
                static create(properties?: grpc.reflection.v1alpha.ListServiceResponse.$Properties): grpc.reflection.v1alpha.ListServiceResponse;

                /**
                 * Encodes the specified ListServiceResponse message. Does not implicitly {@link grpc.reflection.v1alpha.ListServiceResponse.verify|verify} messages.
                 * @param message ListServiceResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1alpha.ListServiceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ListServiceResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1alpha.ListServiceResponse & grpc.reflection.v1alpha.ListServiceResponse.$Shape} ListServiceResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1alpha.ListServiceResponse & grpc.reflection.v1alpha.ListServiceResponse.$Shape;
            }

            namespace ListServiceResponse {

                /** Properties of a ListServiceResponse. */
                interface $Properties {

                    /** ListServiceResponse service */
                    service?: (grpc.reflection.v1alpha.ServiceResponse.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ListServiceResponse. */
                type $Shape = grpc.reflection.v1alpha.ListServiceResponse.$Properties;
            }

            /** Represents a ServiceResponse. */
            class ServiceResponse {

                /**
                 * Constructs a new ServiceResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1alpha.ServiceResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServiceResponse name. */
                name: string;

                /**
                 * Creates a new ServiceResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServiceResponse instance
                 */
                static create(properties: grpc.reflection.v1alpha.ServiceResponse.$Shape): grpc.reflection.v1alpha.ServiceResponse & grpc.reflection.v1alpha.ServiceResponse.$Shape;
                static create(properties?: grpc.reflection.v1alpha.ServiceResponse.$Properties): grpc.reflection.v1alpha.ServiceResponse;

                /**
                 * Encodes the specified ServiceResponse message. Does not implicitly {@link grpc.reflection.v1alpha.ServiceResponse.verify|verify} messages.
                 * @param message ServiceResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1alpha.ServiceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServiceResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1alpha.ServiceResponse & grpc.reflection.v1alpha.ServiceResponse.$Shape} ServiceResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1alpha.ServiceResponse & grpc.reflection.v1alpha.ServiceResponse.$Shape;
            }

            namespace ServiceResponse {

                /** Properties of a ServiceResponse. */
                interface $Properties {

                    /** ServiceResponse name */
                    name?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ServiceResponse. */
                type $Shape = grpc.reflection.v1alpha.ServiceResponse.$Properties;
            }

            /** Represents an ErrorResponse. */
            class ErrorResponse {

                /**
                 * Constructs a new ErrorResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1alpha.ErrorResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** A gRPC status code. */
                errorCode: number;

                /** ErrorResponse errorMessage. */
                errorMessage: string;

                /**
                 * Creates a new ErrorResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ErrorResponse instance
                 */
                static create(properties: grpc.reflection.v1alpha.ErrorResponse.$Shape): grpc.reflection.v1alpha.ErrorResponse & grpc.reflection.v1alpha.ErrorResponse.$Shape;
                static create(properties?: grpc.reflection.v1alpha.ErrorResponse.$Properties): grpc.reflection.v1alpha.ErrorResponse;

                /**
                 * Encodes the specified ErrorResponse message. Does not implicitly {@link grpc.reflection.v1alpha.ErrorResponse.verify|verify} messages.
                 * @param message ErrorResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1alpha.ErrorResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ErrorResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1alpha.ErrorResponse & grpc.reflection.v1alpha.ErrorResponse.$Shape} ErrorResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1alpha.ErrorResponse & grpc.reflection.v1alpha.ErrorResponse.$Shape;
            }

            namespace ErrorResponse {

                /** Properties of an ErrorResponse. */
                interface $Properties {

                    /** A gRPC status code. */
                    errorCode?: (number|null);

                    /** ErrorResponse errorMessage */
                    errorMessage?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ErrorResponse. */
                type $Shape = grpc.reflection.v1alpha.ErrorResponse.$Properties;
            }
        }
    }
}

/** Namespace stategate. */
export namespace stategate {

    /** Namespace v1. */
    namespace v1 {

        /** What is stored for one CRDT entity. Bytes are the same for the same state: everything repeated is sorted. */
        class CrdtEntry {

            /**
             * Constructs a new CrdtEntry.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.CrdtEntry.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtEntry state. */
            state?: (stategate.v1.CrdtState.$Properties|null);

            /** Milliseconds since 1970; not 0: the entity was deleted then, and there is no state. */
            deletedAt: number;

            /**
             * Creates a new CrdtEntry instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtEntry instance
             */
            static create(properties: stategate.v1.CrdtEntry.$Shape): stategate.v1.CrdtEntry & stategate.v1.CrdtEntry.$Shape;
            static create(properties?: stategate.v1.CrdtEntry.$Properties): stategate.v1.CrdtEntry;

            /**
             * Encodes the specified CrdtEntry message. Does not implicitly {@link stategate.v1.CrdtEntry.verify|verify} messages.
             * @param message CrdtEntry message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.CrdtEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtEntry message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.CrdtEntry & stategate.v1.CrdtEntry.$Shape} CrdtEntry
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.CrdtEntry & stategate.v1.CrdtEntry.$Shape;
        }

        namespace CrdtEntry {

            /** Properties of a CrdtEntry. */
            interface $Properties {

                /** CrdtEntry state */
                state?: (stategate.v1.CrdtState.$Properties|null);

                /** Milliseconds since 1970; not 0: the entity was deleted then, and there is no state. */
                deletedAt?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CrdtEntry. */
            type $Shape = {
              state?: stategate.v1.CrdtState.$Shape|null;
              deletedAt?: number|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** The full state of one CRDT, as replicas merge it. */
        class CrdtState {

            /**
             * Constructs a new CrdtState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.CrdtState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CrdtState gcounter. */
            gcounter?: (stategate.v1.GCounterState.$Properties|null);

            /** CrdtState pncounter. */
            pncounter?: (stategate.v1.PNCounterState.$Properties|null);

            /** CrdtState gset. */
            gset?: (stategate.v1.GSetState.$Properties|null);

            /** CrdtState orset. */
            orset?: (stategate.v1.ORSetState.$Properties|null);

            /** CrdtState lwwregister. */
            lwwregister?: (stategate.v1.LWWRegisterState.$Properties|null);

            /** CrdtState flag. */
            flag?: (stategate.v1.FlagState.$Properties|null);

            /** CrdtState ormap. */
            ormap?: (stategate.v1.ORMapState.$Properties|null);

            /** CrdtState vote. */
            vote?: (stategate.v1.VoteState.$Properties|null);

            /** CrdtState value. */
            value?: ("gcounter"|"pncounter"|"gset"|"orset"|"lwwregister"|"flag"|"ormap"|"vote");

            /**
             * Creates a new CrdtState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CrdtState instance
             */
            static create(properties: stategate.v1.CrdtState.$Shape): stategate.v1.CrdtState & stategate.v1.CrdtState.$Shape;
            static create(properties?: stategate.v1.CrdtState.$Properties): stategate.v1.CrdtState;

            /**
             * Encodes the specified CrdtState message. Does not implicitly {@link stategate.v1.CrdtState.verify|verify} messages.
             * @param message CrdtState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.CrdtState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CrdtState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.CrdtState & stategate.v1.CrdtState.$Shape} CrdtState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.CrdtState & stategate.v1.CrdtState.$Shape;
        }

        namespace CrdtState {

            /** Properties of a CrdtState. */
            interface $Properties {

                /** CrdtState gcounter */
                gcounter?: (stategate.v1.GCounterState.$Properties|null);

                /** CrdtState pncounter */
                pncounter?: (stategate.v1.PNCounterState.$Properties|null);

                /** CrdtState gset */
                gset?: (stategate.v1.GSetState.$Properties|null);

                /** CrdtState orset */
                orset?: (stategate.v1.ORSetState.$Properties|null);

                /** CrdtState lwwregister */
                lwwregister?: (stategate.v1.LWWRegisterState.$Properties|null);

                /** CrdtState flag */
                flag?: (stategate.v1.FlagState.$Properties|null);

                /** CrdtState ormap */
                ormap?: (stategate.v1.ORMapState.$Properties|null);

                /** CrdtState vote */
                vote?: (stategate.v1.VoteState.$Properties|null);

                /** CrdtState value */
                value?: ("gcounter"|"pncounter"|"gset"|"orset"|"lwwregister"|"flag"|"ormap"|"vote");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a CrdtState. */
            type $Shape = {
              gcounter?: stategate.v1.GCounterState.$Shape|null;
              pncounter?: stategate.v1.PNCounterState.$Shape|null;
              gset?: stategate.v1.GSetState.$Shape|null;
              orset?: stategate.v1.ORSetState.$Shape|null;
              lwwregister?: stategate.v1.LWWRegisterState.$Shape|null;
              flag?: stategate.v1.FlagState.$Shape|null;
              ormap?: stategate.v1.ORMapState.$Shape|null;
              vote?: stategate.v1.VoteState.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ value?: undefined; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ value?: "gcounter"; gcounter: stategate.v1.GCounterState.$Shape; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ value?: "pncounter"; gcounter?: null; pncounter: stategate.v1.PNCounterState.$Shape; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ value?: "gset"; gcounter?: null; pncounter?: null; gset: stategate.v1.GSetState.$Shape; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ value?: "orset"; gcounter?: null; pncounter?: null; gset?: null; orset: stategate.v1.ORSetState.$Shape; lwwregister?: null; flag?: null; ormap?: null; vote?: null }|{ value?: "lwwregister"; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister: stategate.v1.LWWRegisterState.$Shape; flag?: null; ormap?: null; vote?: null }|{ value?: "flag"; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag: stategate.v1.FlagState.$Shape; ormap?: null; vote?: null }|{ value?: "ormap"; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap: stategate.v1.ORMapState.$Shape; vote?: null }|{ value?: "vote"; gcounter?: null; pncounter?: null; gset?: null; orset?: null; lwwregister?: null; flag?: null; ormap?: null; vote: stategate.v1.VoteState.$Shape })
            );
        }

        /** Represents a GCounterState. */
        class GCounterState {

            /**
             * Constructs a new GCounterState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.GCounterState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GCounterState slots. */
            slots: stategate.v1.CounterSlot.$Properties[];

            /**
             * Creates a new GCounterState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GCounterState instance
             */
            static create(properties: stategate.v1.GCounterState.$Shape): stategate.v1.GCounterState & stategate.v1.GCounterState.$Shape;
            static create(properties?: stategate.v1.GCounterState.$Properties): stategate.v1.GCounterState;

            /**
             * Encodes the specified GCounterState message. Does not implicitly {@link stategate.v1.GCounterState.verify|verify} messages.
             * @param message GCounterState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.GCounterState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GCounterState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.GCounterState & stategate.v1.GCounterState.$Shape} GCounterState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.GCounterState & stategate.v1.GCounterState.$Shape;
        }

        namespace GCounterState {

            /** Properties of a GCounterState. */
            interface $Properties {

                /** GCounterState slots */
                slots?: (stategate.v1.CounterSlot.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GCounterState. */
            type $Shape = stategate.v1.GCounterState.$Properties;
        }

        /** Represents a PNCounterState. */
        class PNCounterState {

            /**
             * Constructs a new PNCounterState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.PNCounterState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PNCounterState increments. */
            increments: stategate.v1.CounterSlot.$Properties[];

            /** PNCounterState decrements. */
            decrements: stategate.v1.CounterSlot.$Properties[];

            /**
             * Creates a new PNCounterState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PNCounterState instance
             */
            static create(properties: stategate.v1.PNCounterState.$Shape): stategate.v1.PNCounterState & stategate.v1.PNCounterState.$Shape;
            static create(properties?: stategate.v1.PNCounterState.$Properties): stategate.v1.PNCounterState;

            /**
             * Encodes the specified PNCounterState message. Does not implicitly {@link stategate.v1.PNCounterState.verify|verify} messages.
             * @param message PNCounterState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.PNCounterState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PNCounterState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.PNCounterState & stategate.v1.PNCounterState.$Shape} PNCounterState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.PNCounterState & stategate.v1.PNCounterState.$Shape;
        }

        namespace PNCounterState {

            /** Properties of a PNCounterState. */
            interface $Properties {

                /** PNCounterState increments */
                increments?: (stategate.v1.CounterSlot.$Properties[]|null);

                /** PNCounterState decrements */
                decrements?: (stategate.v1.CounterSlot.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PNCounterState. */
            type $Shape = stategate.v1.PNCounterState.$Properties;
        }

        /** What one replica has counted. A later `since` replaces an earlier one, whatever the amounts. */
        class CounterSlot {

            /**
             * Constructs a new CounterSlot.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.CounterSlot.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CounterSlot replica. */
            replica: string;

            /** CounterSlot since. */
            since: number;

            /** CounterSlot amount. */
            amount: bigint;

            /**
             * Creates a new CounterSlot instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CounterSlot instance
             */
            static create(properties: stategate.v1.CounterSlot.$Shape): stategate.v1.CounterSlot & stategate.v1.CounterSlot.$Shape;
            static create(properties?: stategate.v1.CounterSlot.$Properties): stategate.v1.CounterSlot;

            /**
             * Encodes the specified CounterSlot message. Does not implicitly {@link stategate.v1.CounterSlot.verify|verify} messages.
             * @param message CounterSlot message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.CounterSlot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CounterSlot message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.CounterSlot & stategate.v1.CounterSlot.$Shape} CounterSlot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.CounterSlot & stategate.v1.CounterSlot.$Shape;
        }

        namespace CounterSlot {

            /** Properties of a CounterSlot. */
            interface $Properties {

                /** CounterSlot replica */
                replica?: (string|null);

                /** CounterSlot since */
                since?: (number|null);

                /** CounterSlot amount */
                amount?: (bigint|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CounterSlot. */
            type $Shape = stategate.v1.CounterSlot.$Properties;
        }

        /** Represents a GSetState. */
        class GSetState {

            /**
             * Constructs a new GSetState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.GSetState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GSetState elements. */
            elements: google.protobuf.Any.$Properties[];

            /**
             * Creates a new GSetState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GSetState instance
             */
            static create(properties: stategate.v1.GSetState.$Shape): stategate.v1.GSetState & stategate.v1.GSetState.$Shape;
            static create(properties?: stategate.v1.GSetState.$Properties): stategate.v1.GSetState;

            /**
             * Encodes the specified GSetState message. Does not implicitly {@link stategate.v1.GSetState.verify|verify} messages.
             * @param message GSetState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.GSetState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GSetState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.GSetState & stategate.v1.GSetState.$Shape} GSetState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.GSetState & stategate.v1.GSetState.$Shape;
        }

        namespace GSetState {

            /** Properties of a GSetState. */
            interface $Properties {

                /** GSetState elements */
                elements?: (google.protobuf.Any.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GSetState. */
            type $Shape = stategate.v1.GSetState.$Properties;
        }

        /** The n-th write of a replica. As what was seen: all its writes up to that one. */
        class Dot {

            /**
             * Constructs a new Dot.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.Dot.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Dot replica. */
            replica: string;

            /** Dot counter. */
            counter: number;

            /**
             * Creates a new Dot instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Dot instance
             */
            static create(properties: stategate.v1.Dot.$Shape): stategate.v1.Dot & stategate.v1.Dot.$Shape;
            static create(properties?: stategate.v1.Dot.$Properties): stategate.v1.Dot;

            /**
             * Encodes the specified Dot message. Does not implicitly {@link stategate.v1.Dot.verify|verify} messages.
             * @param message Dot message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.Dot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Dot message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.Dot & stategate.v1.Dot.$Shape} Dot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.Dot & stategate.v1.Dot.$Shape;
        }

        namespace Dot {

            /** Properties of a Dot. */
            interface $Properties {

                /** Dot replica */
                replica?: (string|null);

                /** Dot counter */
                counter?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Dot. */
            type $Shape = stategate.v1.Dot.$Properties;
        }

        /** Represents a ORSetState. */
        class ORSetState {

            /**
             * Constructs a new ORSetState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.ORSetState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ORSetState elements. */
            elements: stategate.v1.ORSetElement.$Properties[];

            /** ORSetState seen. */
            seen: stategate.v1.Dot.$Properties[];

            /**
             * Creates a new ORSetState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ORSetState instance
             */
            static create(properties: stategate.v1.ORSetState.$Shape): stategate.v1.ORSetState & stategate.v1.ORSetState.$Shape;
            static create(properties?: stategate.v1.ORSetState.$Properties): stategate.v1.ORSetState;

            /**
             * Encodes the specified ORSetState message. Does not implicitly {@link stategate.v1.ORSetState.verify|verify} messages.
             * @param message ORSetState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.ORSetState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ORSetState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.ORSetState & stategate.v1.ORSetState.$Shape} ORSetState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.ORSetState & stategate.v1.ORSetState.$Shape;
        }

        namespace ORSetState {

            /** Properties of a ORSetState. */
            interface $Properties {

                /** ORSetState elements */
                elements?: (stategate.v1.ORSetElement.$Properties[]|null);

                /** ORSetState seen */
                seen?: (stategate.v1.Dot.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ORSetState. */
            type $Shape = stategate.v1.ORSetState.$Properties;
        }

        /** Represents a ORSetElement. */
        class ORSetElement {

            /**
             * Constructs a new ORSetElement.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.ORSetElement.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ORSetElement element. */
            element?: (google.protobuf.Any.$Properties|null);

            /** ORSetElement dots. */
            dots: stategate.v1.Dot.$Properties[];

            /**
             * Creates a new ORSetElement instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ORSetElement instance
             */
            static create(properties: stategate.v1.ORSetElement.$Shape): stategate.v1.ORSetElement & stategate.v1.ORSetElement.$Shape;
            static create(properties?: stategate.v1.ORSetElement.$Properties): stategate.v1.ORSetElement;

            /**
             * Encodes the specified ORSetElement message. Does not implicitly {@link stategate.v1.ORSetElement.verify|verify} messages.
             * @param message ORSetElement message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.ORSetElement.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ORSetElement message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.ORSetElement & stategate.v1.ORSetElement.$Shape} ORSetElement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.ORSetElement & stategate.v1.ORSetElement.$Shape;
        }

        namespace ORSetElement {

            /** Properties of a ORSetElement. */
            interface $Properties {

                /** ORSetElement element */
                element?: (google.protobuf.Any.$Properties|null);

                /** ORSetElement dots */
                dots?: (stategate.v1.Dot.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ORSetElement. */
            type $Shape = stategate.v1.ORSetElement.$Properties;
        }

        /** Represents a LWWRegisterState. */
        class LWWRegisterState {

            /**
             * Constructs a new LWWRegisterState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.LWWRegisterState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LWWRegisterState value. */
            value?: (google.protobuf.Any.$Properties|null);

            /** LWWRegisterState clockTime. */
            clockTime: bigint;

            /** Empty: never written. */
            replica: string;

            /**
             * Creates a new LWWRegisterState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns LWWRegisterState instance
             */
            static create(properties: stategate.v1.LWWRegisterState.$Shape): stategate.v1.LWWRegisterState & stategate.v1.LWWRegisterState.$Shape;
            static create(properties?: stategate.v1.LWWRegisterState.$Properties): stategate.v1.LWWRegisterState;

            /**
             * Encodes the specified LWWRegisterState message. Does not implicitly {@link stategate.v1.LWWRegisterState.verify|verify} messages.
             * @param message LWWRegisterState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.LWWRegisterState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LWWRegisterState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.LWWRegisterState & stategate.v1.LWWRegisterState.$Shape} LWWRegisterState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.LWWRegisterState & stategate.v1.LWWRegisterState.$Shape;
        }

        namespace LWWRegisterState {

            /** Properties of a LWWRegisterState. */
            interface $Properties {

                /** LWWRegisterState value */
                value?: (google.protobuf.Any.$Properties|null);

                /** LWWRegisterState clockTime */
                clockTime?: (bigint|null);

                /** Empty: never written. */
                replica?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LWWRegisterState. */
            type $Shape = stategate.v1.LWWRegisterState.$Properties;
        }

        /** Represents a FlagState. */
        class FlagState {

            /**
             * Constructs a new FlagState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.FlagState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FlagState value. */
            value: boolean;

            /**
             * Creates a new FlagState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns FlagState instance
             */
            static create(properties: stategate.v1.FlagState.$Shape): stategate.v1.FlagState & stategate.v1.FlagState.$Shape;
            static create(properties?: stategate.v1.FlagState.$Properties): stategate.v1.FlagState;

            /**
             * Encodes the specified FlagState message. Does not implicitly {@link stategate.v1.FlagState.verify|verify} messages.
             * @param message FlagState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.FlagState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FlagState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.FlagState & stategate.v1.FlagState.$Shape} FlagState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.FlagState & stategate.v1.FlagState.$Shape;
        }

        namespace FlagState {

            /** Properties of a FlagState. */
            interface $Properties {

                /** FlagState value */
                value?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FlagState. */
            type $Shape = stategate.v1.FlagState.$Properties;
        }

        /** Represents a ORMapState. */
        class ORMapState {

            /**
             * Constructs a new ORMapState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.ORMapState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ORMapState entries. */
            entries: stategate.v1.ORMapEntry.$Properties[];

            /** ORMapState seen. */
            seen: stategate.v1.Dot.$Properties[];

            /**
             * Creates a new ORMapState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ORMapState instance
             */
            static create(properties: stategate.v1.ORMapState.$Shape): stategate.v1.ORMapState & stategate.v1.ORMapState.$Shape;
            static create(properties?: stategate.v1.ORMapState.$Properties): stategate.v1.ORMapState;

            /**
             * Encodes the specified ORMapState message. Does not implicitly {@link stategate.v1.ORMapState.verify|verify} messages.
             * @param message ORMapState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.ORMapState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ORMapState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.ORMapState & stategate.v1.ORMapState.$Shape} ORMapState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.ORMapState & stategate.v1.ORMapState.$Shape;
        }

        namespace ORMapState {

            /** Properties of a ORMapState. */
            interface $Properties {

                /** ORMapState entries */
                entries?: (stategate.v1.ORMapEntry.$Properties[]|null);

                /** ORMapState seen */
                seen?: (stategate.v1.Dot.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ORMapState. */
            type $Shape = {
              entries?: stategate.v1.ORMapEntry.$Shape[]|null;
              seen?: stategate.v1.Dot.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a ORMapEntry. */
        class ORMapEntry {

            /**
             * Constructs a new ORMapEntry.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.ORMapEntry.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ORMapEntry key. */
            key?: (google.protobuf.Any.$Properties|null);

            /** More than one: written by several replicas without knowing of each other. */
            versions: stategate.v1.ORMapVersion.$Properties[];

            /**
             * Creates a new ORMapEntry instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ORMapEntry instance
             */
            static create(properties: stategate.v1.ORMapEntry.$Shape): stategate.v1.ORMapEntry & stategate.v1.ORMapEntry.$Shape;
            static create(properties?: stategate.v1.ORMapEntry.$Properties): stategate.v1.ORMapEntry;

            /**
             * Encodes the specified ORMapEntry message. Does not implicitly {@link stategate.v1.ORMapEntry.verify|verify} messages.
             * @param message ORMapEntry message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.ORMapEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ORMapEntry message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.ORMapEntry & stategate.v1.ORMapEntry.$Shape} ORMapEntry
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.ORMapEntry & stategate.v1.ORMapEntry.$Shape;
        }

        namespace ORMapEntry {

            /** Properties of a ORMapEntry. */
            interface $Properties {

                /** ORMapEntry key */
                key?: (google.protobuf.Any.$Properties|null);

                /** More than one: written by several replicas without knowing of each other. */
                versions?: (stategate.v1.ORMapVersion.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ORMapEntry. */
            type $Shape = {
              key?: google.protobuf.Any.$Shape|null;
              versions?: stategate.v1.ORMapVersion.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a ORMapVersion. */
        class ORMapVersion {

            /**
             * Constructs a new ORMapVersion.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.ORMapVersion.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ORMapVersion dot. */
            dot?: (stategate.v1.Dot.$Properties|null);

            /** ORMapVersion value. */
            value?: (stategate.v1.CrdtState.$Properties|null);

            /**
             * Creates a new ORMapVersion instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ORMapVersion instance
             */
            static create(properties: stategate.v1.ORMapVersion.$Shape): stategate.v1.ORMapVersion & stategate.v1.ORMapVersion.$Shape;
            static create(properties?: stategate.v1.ORMapVersion.$Properties): stategate.v1.ORMapVersion;

            /**
             * Encodes the specified ORMapVersion message. Does not implicitly {@link stategate.v1.ORMapVersion.verify|verify} messages.
             * @param message ORMapVersion message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.ORMapVersion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ORMapVersion message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.ORMapVersion & stategate.v1.ORMapVersion.$Shape} ORMapVersion
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.ORMapVersion & stategate.v1.ORMapVersion.$Shape;
        }

        namespace ORMapVersion {

            /** Properties of a ORMapVersion. */
            interface $Properties {

                /** ORMapVersion dot */
                dot?: (stategate.v1.Dot.$Properties|null);

                /** ORMapVersion value */
                value?: (stategate.v1.CrdtState.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ORMapVersion. */
            type $Shape = {
              dot?: stategate.v1.Dot.$Shape|null;
              value?: stategate.v1.CrdtState.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /** Represents a VoteState. */
        class VoteState {

            /**
             * Constructs a new VoteState.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.VoteState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** VoteState slots. */
            slots: stategate.v1.VoteSlot.$Properties[];

            /**
             * Creates a new VoteState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns VoteState instance
             */
            static create(properties: stategate.v1.VoteState.$Shape): stategate.v1.VoteState & stategate.v1.VoteState.$Shape;
            static create(properties?: stategate.v1.VoteState.$Properties): stategate.v1.VoteState;

            /**
             * Encodes the specified VoteState message. Does not implicitly {@link stategate.v1.VoteState.verify|verify} messages.
             * @param message VoteState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.VoteState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a VoteState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.VoteState & stategate.v1.VoteState.$Shape} VoteState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.VoteState & stategate.v1.VoteState.$Shape;
        }

        namespace VoteState {

            /** Properties of a VoteState. */
            interface $Properties {

                /** VoteState slots */
                slots?: (stategate.v1.VoteSlot.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a VoteState. */
            type $Shape = stategate.v1.VoteState.$Properties;
        }

        /** How often a replica has changed its vote: odd means yes. */
        class VoteSlot {

            /**
             * Constructs a new VoteSlot.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.VoteSlot.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** VoteSlot replica. */
            replica: string;

            /** VoteSlot changes. */
            changes: number;

            /**
             * Creates a new VoteSlot instance using the specified properties.
             * @param [properties] Properties to set
             * @returns VoteSlot instance
             */
            static create(properties: stategate.v1.VoteSlot.$Shape): stategate.v1.VoteSlot & stategate.v1.VoteSlot.$Shape;
            static create(properties?: stategate.v1.VoteSlot.$Properties): stategate.v1.VoteSlot;

            /**
             * Encodes the specified VoteSlot message. Does not implicitly {@link stategate.v1.VoteSlot.verify|verify} messages.
             * @param message VoteSlot message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.VoteSlot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a VoteSlot message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.VoteSlot & stategate.v1.VoteSlot.$Shape} VoteSlot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.VoteSlot & stategate.v1.VoteSlot.$Shape;
        }

        namespace VoteSlot {

            /** Properties of a VoteSlot. */
            interface $Properties {

                /** VoteSlot replica */
                replica?: (string|null);

                /** VoteSlot changes */
                changes?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a VoteSlot. */
            type $Shape = stategate.v1.VoteSlot.$Properties;
        }

        /** What the proxy stores beside the payload of a record. An absent one means all defaults. */
        class RecordMeta {

            /**
             * Constructs a new RecordMeta.
             * @param [properties] Properties to set
             */
            constructor(properties?: stategate.v1.RecordMeta.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** How the payload was transformed; empty: not at all. */
            encoding: string;

            /** The key of an encrypting encoding. */
            keyId: string;

            /** W3C trace context of the command that caused the record. */
            traceparent: string;

            /** RecordMeta requestId. */
            requestId: string;

            /**
             * Creates a new RecordMeta instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RecordMeta instance
             */
            static create(properties: stategate.v1.RecordMeta.$Shape): stategate.v1.RecordMeta & stategate.v1.RecordMeta.$Shape;
            static create(properties?: stategate.v1.RecordMeta.$Properties): stategate.v1.RecordMeta;

            /**
             * Encodes the specified RecordMeta message. Does not implicitly {@link stategate.v1.RecordMeta.verify|verify} messages.
             * @param message RecordMeta message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: stategate.v1.RecordMeta.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RecordMeta message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {stategate.v1.RecordMeta & stategate.v1.RecordMeta.$Shape} RecordMeta
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stategate.v1.RecordMeta & stategate.v1.RecordMeta.$Shape;
        }

        namespace RecordMeta {

            /** Properties of a RecordMeta. */
            interface $Properties {

                /** How the payload was transformed; empty: not at all. */
                encoding?: (string|null);

                /** The key of an encrypting encoding. */
                keyId?: (string|null);

                /** W3C trace context of the command that caused the record. */
                traceparent?: (string|null);

                /** RecordMeta requestId */
                requestId?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RecordMeta. */
            type $Shape = stategate.v1.RecordMeta.$Properties;
        }
    }
}
