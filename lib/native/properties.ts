// The type of MQTT 5 properties, as users give and get them.

/**
 * MQTT 5 properties, by the names of the specification. A method that would send them on an MQTT 3.x connection returns
 * MOSQ_ERR_NOT_SUPPORTED, as in C. It throws a TypeError or RangeError that names the property, before anything is sent,
 * for an unknown name, a wrong type, a value out of range, and a property that the packet must not have.
 */
export interface Properties {
  /** 0: bytes, 1: UTF-8 text. */
  'payload-format-indicator'?: number | undefined;
  /** Seconds until the broker drops an undelivered message. */
  'message-expiry-interval'?: number | undefined;
  /** The kind of the payload, such as a MIME type. */
  'content-type'?: string | undefined;
  /** The topic under which an answer to this message is to be published. */
  'response-topic'?: string | undefined;
  /** Tells the sender of a request which answer belongs to it. */
  'correlation-data'?: Uint8Array | undefined;
  /** 1 to 268 435 455; a message that several subscriptions match has several. */
  'subscription-identifier'?: number | number[] | undefined;
  /** Seconds until the session ends after the connection has; 4 294 967 295 for never. */
  'session-expiry-interval'?: number | undefined;
  /** The id that the broker gave to a client without one. */
  'assigned-client-identifier'?: string | undefined;
  /** The keepalive that the broker demands, in seconds. */
  'server-keep-alive'?: number | undefined;
  /** The name of the extended authentication. */
  'authentication-method'?: string | undefined;
  /** Data of the extended authentication, in a form that its method decides. */
  'authentication-data'?: Uint8Array | undefined;
  /** 1: the broker may explain failures by reason strings and user properties; 0: only in some packets. */
  'request-problem-information'?: number | undefined;
  /** Seconds between the end of the connection and the will. */
  'will-delay-interval'?: number | undefined;
  /** 1 asks the broker for `response-information`. */
  'request-response-information'?: number | undefined;
  /** The text from which the client may build its response topics. */
  'response-information'?: string | undefined;
  /** Another broker to use. */
  'server-reference'?: string | undefined;
  /** The reason in words, for a person to read. */
  'reason-string'?: string | undefined;
  /** The largest number of messages of QoS 1 and 2 in flight. */
  'receive-maximum'?: number | undefined;
  /** The largest alias of a topic that may be used; 0 for none. */
  'topic-alias-maximum'?: number | undefined;
  /** A number that stands for the topic on this connection, 1 to 65 535. */
  'topic-alias'?: number | undefined;
  /** The highest QoS that the broker takes: 0 or 1; without it 2. */
  'maximum-qos'?: number | undefined;
  /** 0: the broker stores no retained messages; without it 1. */
  'retain-available'?: number | undefined;
  /** Pairs in their order, which is preserved. A name may repeat. */
  'user-property'?: Array<[name: string, value: string]> | undefined;
  /** The largest packet that the sender of this property accepts, in bytes. */
  'maximum-packet-size'?: number | undefined;
  /** 0: the broker takes no wildcards in filters; without it 1. */
  'wildcard-subscription-available'?: number | undefined;
  /** 0: the broker takes no `subscription-identifier`; without it 1. */
  'subscription-identifier-available'?: number | undefined;
  /** 0: the broker takes no shared subscriptions; without it 1. */
  'shared-subscription-available'?: number | undefined;
}
