// Generated from the headers of libmosquitto by scripts/generate-constants.mjs: do not edit.

// Codes that methods return, and that callbacks are given as `rc`.

/** A limit that the broker sets was exceeded. */
export const MOSQ_ERR_QUOTA_EXCEEDED = -6;
/** Broker plugins: the decision about this client follows later. */
export const MOSQ_ERR_AUTH_DELAYED = -5;
/** Extended authentication continues with another step. */
export const MOSQ_ERR_AUTH_CONTINUE = -4;
/** Nobody has subscribed to the message's topic. */
export const MOSQ_ERR_NO_SUBSCRIBERS = -3;
/** The subscription existed before. */
export const MOSQ_ERR_SUB_EXISTS = -2;
/** The connection is not yet established. */
export const MOSQ_ERR_CONN_PENDING = -1;
/** Success. */
export const MOSQ_ERR_SUCCESS = 0;
/** Out of memory. */
export const MOSQ_ERR_NOMEM = 1;
/** The peer, or a request made here, breaks the rules of the protocol. */
export const MOSQ_ERR_PROTOCOL = 2;
/** An argument is not valid, or the call is not allowed now. */
export const MOSQ_ERR_INVAL = 3;
/** Not connected to a broker. */
export const MOSQ_ERR_NO_CONN = 4;
/** The broker refused the connection. */
export const MOSQ_ERR_CONN_REFUSED = 5;
/** There is no such message, property or file. */
export const MOSQ_ERR_NOT_FOUND = 6;
/** The connection to the broker was lost. */
export const MOSQ_ERR_CONN_LOST = 7;
/** TLS failed. */
export const MOSQ_ERR_TLS = 8;
/** The payload is larger than MQTT allows. */
export const MOSQ_ERR_PAYLOAD_SIZE = 9;
/** This build of the library, or this version of MQTT, does not support it. */
export const MOSQ_ERR_NOT_SUPPORTED = 10;
/** Authentication failed. */
export const MOSQ_ERR_AUTH = 11;
/** The broker's access control forbids it. */
export const MOSQ_ERR_ACL_DENIED = 12;
/** The library does not know the reason of the failure. */
export const MOSQ_ERR_UNKNOWN = 13;
/** A system call failed: `last_errno` has its error number. */
export const MOSQ_ERR_ERRNO = 14;
/** The name look-up of the host failed: `last_errno` has the EAI_* code. */
export const MOSQ_ERR_EAI = 15;
/** The SOCKS proxy failed or refused. */
export const MOSQ_ERR_PROXY = 16;
/** Broker plugins: another plugin should decide. */
export const MOSQ_ERR_PLUGIN_DEFER = 17;
/** A string is not valid UTF-8 by the rules of MQTT. */
export const MOSQ_ERR_MALFORMED_UTF8 = 18;
/** The peer was silent for longer than the keepalive allows. */
export const MOSQ_ERR_KEEPALIVE = 19;
/** A DNS look-up failed. */
export const MOSQ_ERR_LOOKUP = 20;
/** A packet could not be parsed. */
export const MOSQ_ERR_MALFORMED_PACKET = 21;
/** A property that is allowed once occurs twice. */
export const MOSQ_ERR_DUPLICATE_PROPERTY = 22;
/** The TLS handshake failed. */
export const MOSQ_ERR_TLS_HANDSHAKE = 23;
/** The broker does not offer this QoS. */
export const MOSQ_ERR_QOS_NOT_SUPPORTED = 24;
/** The packet is larger than the receiver accepts. */
export const MOSQ_ERR_OVERSIZE_PACKET = 25;
/** The OCSP check of the broker's certificate failed. */
export const MOSQ_ERR_OCSP = 26;
/** The time limit was exceeded. */
export const MOSQ_ERR_TIMEOUT = 27;
/** It exists already. */
export const MOSQ_ERR_ALREADY_EXISTS = 31;
/** Broker plugins: the plugin takes no part in this event. */
export const MOSQ_ERR_PLUGIN_IGNORE = 32;
/** WebSockets: the Origin header is not allowed. */
export const MOSQ_ERR_HTTP_BAD_ORIGIN = 33;
/** MQTT 5 reason code 0x80: the sender gives no reason. */
export const MOSQ_ERR_UNSPECIFIED = 128;
/** MQTT 5 reason code 0x83: valid, but this receiver does not accept it. */
export const MOSQ_ERR_IMPLEMENTATION_SPECIFIC = 131;
/** MQTT 5 reason code 0x84: the broker does not support this version of MQTT. */
export const MOSQ_ERR_UNSUPPORTED_PROTOCOL_VERSION = 132;
/** MQTT 5 reason code 0x85: the broker does not accept this client id. */
export const MOSQ_ERR_CLIENT_IDENTIFIER_NOT_VALID = 133;
/** MQTT 5 reason code 0x86: wrong user name or password. */
export const MOSQ_ERR_BAD_USERNAME_OR_PASSWORD = 134;
/** MQTT 5 reason code 0x88: the server is not available. */
export const MOSQ_ERR_SERVER_UNAVAILABLE = 136;
/** MQTT 5 reason code 0x89: the server is busy, try later. */
export const MOSQ_ERR_SERVER_BUSY = 137;
/** MQTT 5 reason code 0x8A: this client was banned by an administrator. */
export const MOSQ_ERR_BANNED = 138;
/** MQTT 5 reason code 0x8B: the server is about to stop. */
export const MOSQ_ERR_SERVER_SHUTTING_DOWN = 139;
/** MQTT 5 reason code 0x8C: the authentication method is not known, or not the one of CONNECT. */
export const MOSQ_ERR_BAD_AUTHENTICATION_METHOD = 140;
/** MQTT 5 reason code 0x8E: another connection uses the same client id. */
export const MOSQ_ERR_SESSION_TAKEN_OVER = 142;
/** MQTT 5 reason code 0x8F: this client may not use the topic filter. */
export const MOSQ_ERR_TOPIC_FILTER_INVALID = 143;
/** MQTT 5 reason code 0x90: this client may not use the topic. */
export const MOSQ_ERR_TOPIC_NAME_INVALID = 144;
/** MQTT 5 reason code 0x91: the message id is in use. */
export const MOSQ_ERR_PACKET_ID_IN_USE = 145;
/** MQTT 5 reason code 0x92: the message id is not known. */
export const MOSQ_ERR_PACKET_ID_NOT_FOUND = 146;
/** MQTT 5 reason code 0x93: more unacknowledged messages than Receive Maximum allows. */
export const MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED = 147;
/** MQTT 5 reason code 0x94: the topic alias is out of range. */
export const MOSQ_ERR_TOPIC_ALIAS_INVALID = 148;
/** MQTT 5 reason code 0x96: messages arrive too fast. */
export const MOSQ_ERR_MESSAGE_RATE_TOO_HIGH = 150;
/** MQTT 5 reason code 0x98: an administrator ended the connection. */
export const MOSQ_ERR_ADMINISTRATIVE_ACTION = 152;
/** MQTT 5 reason code 0x99: the payload does not match its format indicator. */
export const MOSQ_ERR_PAYLOAD_FORMAT_INVALID = 153;
/** MQTT 5 reason code 0x9A: the server stores no retained messages. */
export const MOSQ_ERR_RETAIN_NOT_SUPPORTED = 154;
/** MQTT 5 reason code 0x9C: the client should use another server for now. */
export const MOSQ_ERR_USE_ANOTHER_SERVER = 156;
/** MQTT 5 reason code 0x9D: the client should use another server from now on. */
export const MOSQ_ERR_SERVER_MOVED = 157;
/** MQTT 5 reason code 0x9E: the server has no shared subscriptions. */
export const MOSQ_ERR_SHARED_SUBS_NOT_SUPPORTED = 158;
/** MQTT 5 reason code 0x9F: too many connections in too short a time. */
export const MOSQ_ERR_CONNECTION_RATE_EXCEEDED = 159;
/** MQTT 5 reason code 0xA0: the time allowed for this connection is over. */
export const MOSQ_ERR_MAXIMUM_CONNECT_TIME = 160;
/** MQTT 5 reason code 0xA1: the server has no subscription identifiers. */
export const MOSQ_ERR_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161;
/** MQTT 5 reason code 0xA2: the server has no wildcard subscriptions. */
export const MOSQ_ERR_WILDCARD_SUBS_NOT_SUPPORTED = 162;

// Levels of on_log.

/** No level. */
export const MOSQ_LOG_NONE = 0;
/** Lines that may be of interest. */
export const MOSQ_LOG_INFO = 1;
/** Lines about normal events that are worth knowing. */
export const MOSQ_LOG_NOTICE = 2;
/** Lines about possible problems, such as a failed attempt to connect. */
export const MOSQ_LOG_WARNING = 4;
/** Lines about errors. */
export const MOSQ_LOG_ERR = 8;
/** Every packet that is sent and received. */
export const MOSQ_LOG_DEBUG = 16;
/** Brokers: subscriptions that clients make. */
export const MOSQ_LOG_SUBSCRIBE = 32;
/** Brokers: subscriptions that clients end. */
export const MOSQ_LOG_UNSUBSCRIBE = 64;
/** The WebSockets part. */
export const MOSQ_LOG_WEBSOCKETS = 128;
/** Brokers: internal matters. */
export const MOSQ_LOG_INTERNAL = 2147483648;
/** Mask of all levels. */
export const MOSQ_LOG_ALL = 4294967295;

// Options of int_option() and string_option().

/** int_option(): MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311 (the default) or MQTT_PROTOCOL_V5; set it before connecting. */
export const MOSQ_OPT_PROTOCOL_VERSION = 1;
/** void_option() of C: a pointer to OpenSSL's SSL_CTX, which JavaScript does not have. */
export const MOSQ_OPT_SSL_CTX = 2;
/** int_option(): 1 gives the SSL_CTX of MOSQ_OPT_SSL_CTX the usual settings. It has a use in C only. */
export const MOSQ_OPT_SSL_CTX_WITH_DEFAULTS = 3;
/** int_option(), MQTT 5: the number of QoS 1 and 2 messages that the broker may send before the first is acknowledged; 1 to 65535, 0 for 65535, 20 by default. */
export const MOSQ_OPT_RECEIVE_MAXIMUM = 4;
/** int_option(): the number of QoS 1 and 2 messages that are sent before the first is acknowledged, unless the broker announces fewer; 1 to 65535, 0 for 65535, 20 by default. */
export const MOSQ_OPT_SEND_MAXIMUM = 5;
/** string_option(): 'pem' (the default), or 'engine' when the private key is in an OpenSSL engine. */
export const MOSQ_OPT_TLS_KEYFORM = 6;
/** string_option(): the id of an OpenSSL engine; null for none. */
export const MOSQ_OPT_TLS_ENGINE = 7;
/** string_option(): the SHA-1 hash, in hexadecimal, of the password of the key in the engine. */
export const MOSQ_OPT_TLS_ENGINE_KPASS_SHA1 = 8;
/** int_option(): 1 to require an OCSP response that the broker's certificate is not revoked; 0 by default. */
export const MOSQ_OPT_TLS_OCSP_REQUIRED = 9;
/** string_option(): the protocol to request by ALPN, such as 'mqtt', when several protocols share a port; 1 to 255 bytes. */
export const MOSQ_OPT_TLS_ALPN = 10;
/** int_option(): 1 (the default of this package) to send small packets at once, 0 to let the system collect them for some milliseconds. */
export const MOSQ_OPT_TCP_NODELAY = 11;
/** string_option(): name or IP address of the local interface to connect from; null for any. */
export const MOSQ_OPT_BIND_ADDRESS = 12;
/** int_option(): 1 to trust the certificate authorities that the operating system trusts; 0 by default. */
export const MOSQ_OPT_TLS_USE_OS_CERTS = 13;
/** int_option(): 1 to omit the two sockets that wake C's own network thread. */
export const MOSQ_OPT_DISABLE_SOCKETPAIR = 14;
/** int_option(): MOSQ_T_TCP (the default) or MOSQ_T_WEBSOCKETS. */
export const MOSQ_OPT_TRANSPORT = 15;
/** string_option(), WebSockets: the path of the URL. */
export const MOSQ_OPT_HTTP_PATH = 16;
/** int_option(), WebSockets: the largest size of the broker's HTTP response in bytes; at least 100, 4096 by default. */
export const MOSQ_OPT_HTTP_HEADER_SIZE = 17;

// Values of MOSQ_OPT_TRANSPORT.

/** MQTT directly over TCP or a Unix socket. */
export const MOSQ_T_TCP = 1;
/** MQTT over WebSockets. */
export const MOSQ_T_WEBSOCKETS = 2;

// Values of MOSQ_OPT_PROTOCOL_VERSION.

/** MQTT 3.1. */
export const MQTT_PROTOCOL_V31 = 3;
/** MQTT 3.1.1, the default. */
export const MQTT_PROTOCOL_V311 = 4;
/** MQTT 5. */
export const MQTT_PROTOCOL_V5 = 5;

// Answers to a connection attempt in MQTT 3.1 and 3.1.1: the `rc` of on_connect.

/** The broker accepts the connection. */
export const CONNACK_ACCEPTED = 0;
/** The broker does not support this version of MQTT. */
export const CONNACK_REFUSED_PROTOCOL_VERSION = 1;
/** The broker does not accept this client id. */
export const CONNACK_REFUSED_IDENTIFIER_REJECTED = 2;
/** The broker is not available. */
export const CONNACK_REFUSED_SERVER_UNAVAILABLE = 3;
/** The user name or the password is wrong. */
export const CONNACK_REFUSED_BAD_USERNAME_PASSWORD = 4;
/** This client may not connect. */
export const CONNACK_REFUSED_NOT_AUTHORIZED = 5;

// Reason codes of MQTT 5.

/** CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, UNSUBACK, AUTH: done. */
export const MQTT_RC_SUCCESS = 0;
/** DISCONNECT: the usual end; the will is not published. */
export const MQTT_RC_NORMAL_DISCONNECTION = 0;
/** SUBACK: subscribed, messages arrive with QoS 0. */
export const MQTT_RC_GRANTED_QOS0 = 0;
/** SUBACK: subscribed, messages arrive with QoS 1 at most. */
export const MQTT_RC_GRANTED_QOS1 = 1;
/** SUBACK: subscribed, messages arrive with QoS 2 at most. */
export const MQTT_RC_GRANTED_QOS2 = 2;
/** DISCONNECT: the broker should publish the will nevertheless. */
export const MQTT_RC_DISCONNECT_WITH_WILL_MSG = 4;
/** PUBACK, PUBREC: accepted, but nobody has subscribed to the topic. */
export const MQTT_RC_NO_MATCHING_SUBSCRIBERS = 16;
/** UNSUBACK: there was no such subscription. */
export const MQTT_RC_NO_SUBSCRIPTION_EXISTED = 17;
/** AUTH: another step follows. */
export const MQTT_RC_CONTINUE_AUTHENTICATION = 24;
/** AUTH: begins a new authentication on an established connection. */
export const MQTT_RC_REAUTHENTICATE = 25;
/** An error for which the sender gives no reason. */
export const MQTT_RC_UNSPECIFIED = 128;
/** CONNACK, DISCONNECT: a packet could not be parsed. */
export const MQTT_RC_MALFORMED_PACKET = 129;
/** CONNACK, DISCONNECT: a packet that is not allowed, or not at this time. */
export const MQTT_RC_PROTOCOL_ERROR = 130;
/** The packet is valid, but its receiver does not accept it. */
export const MQTT_RC_IMPLEMENTATION_SPECIFIC = 131;
/** CONNACK: the broker does not support this version of MQTT. */
export const MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION = 132;
/** CONNACK: the broker does not accept this client id. */
export const MQTT_RC_CLIENTID_NOT_VALID = 133;
/** CONNACK: the user name or the password is wrong. */
export const MQTT_RC_BAD_USERNAME_OR_PASSWORD = 134;
/** This client may not do that. */
export const MQTT_RC_NOT_AUTHORIZED = 135;
/** CONNACK: the server is not available. */
export const MQTT_RC_SERVER_UNAVAILABLE = 136;
/** CONNACK, DISCONNECT: the server is busy, try later. */
export const MQTT_RC_SERVER_BUSY = 137;
/** CONNACK: this client was banned by an administrator. */
export const MQTT_RC_BANNED = 138;
/** DISCONNECT: the server is about to stop. */
export const MQTT_RC_SERVER_SHUTTING_DOWN = 139;
/** CONNACK, DISCONNECT: the authentication method is not known, or not the one of CONNECT. */
export const MQTT_RC_BAD_AUTHENTICATION_METHOD = 140;
/** DISCONNECT: no packet arrived for one and a half times the keepalive. */
export const MQTT_RC_KEEP_ALIVE_TIMEOUT = 141;
/** DISCONNECT: another connection uses the same client id. */
export const MQTT_RC_SESSION_TAKEN_OVER = 142;
/** SUBACK, UNSUBACK, DISCONNECT: the filter is valid, but not for this client. */
export const MQTT_RC_TOPIC_FILTER_INVALID = 143;
/** CONNACK, PUBACK, PUBREC, DISCONNECT: the topic is valid, but not for this client. */
export const MQTT_RC_TOPIC_NAME_INVALID = 144;
/** PUBACK, PUBREC, SUBACK, UNSUBACK: the message id is in use. */
export const MQTT_RC_PACKET_ID_IN_USE = 145;
/** PUBREL, PUBCOMP: the message id is not known. */
export const MQTT_RC_PACKET_ID_NOT_FOUND = 146;
/** DISCONNECT: more unacknowledged messages than Receive Maximum allows. */
export const MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED = 147;
/** DISCONNECT: a topic alias of 0, or above Topic Alias Maximum. */
export const MQTT_RC_TOPIC_ALIAS_INVALID = 148;
/** CONNACK, DISCONNECT: a packet is larger than Maximum Packet Size allows. */
export const MQTT_RC_PACKET_TOO_LARGE = 149;
/** DISCONNECT: messages arrive too fast. */
export const MQTT_RC_MESSAGE_RATE_TOO_HIGH = 150;
/** A limit that the receiver sets was exceeded. */
export const MQTT_RC_QUOTA_EXCEEDED = 151;
/** DISCONNECT: an administrator ended the connection. */
export const MQTT_RC_ADMINISTRATIVE_ACTION = 152;
/** CONNACK, PUBACK, PUBREC, DISCONNECT: the payload does not match its format indicator. */
export const MQTT_RC_PAYLOAD_FORMAT_INVALID = 153;
/** CONNACK, DISCONNECT: the server stores no retained messages. */
export const MQTT_RC_RETAIN_NOT_SUPPORTED = 154;
/** CONNACK, DISCONNECT: the QoS is above the server's Maximum QoS. */
export const MQTT_RC_QOS_NOT_SUPPORTED = 155;
/** CONNACK, DISCONNECT: the client should use another server for now, see the property 'server-reference'. */
export const MQTT_RC_USE_ANOTHER_SERVER = 156;
/** CONNACK, DISCONNECT: the client should use another server from now on, see the property 'server-reference'. */
export const MQTT_RC_SERVER_MOVED = 157;
/** SUBACK, DISCONNECT: the server has no shared subscriptions. */
export const MQTT_RC_SHARED_SUBS_NOT_SUPPORTED = 158;
/** CONNACK, DISCONNECT: too many connections in too short a time. */
export const MQTT_RC_CONNECTION_RATE_EXCEEDED = 159;
/** DISCONNECT: the time allowed for this connection is over. */
export const MQTT_RC_MAXIMUM_CONNECT_TIME = 160;
/** SUBACK, DISCONNECT: the server has no subscription identifiers. */
export const MQTT_RC_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161;
/** SUBACK, DISCONNECT: the server has no wildcard subscriptions. */
export const MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED = 162;

// Identifiers of the properties of MQTT 5.

/** 'payload-format-indicator' of PUBLISH and the will: 1 when the payload is UTF-8 text, 0 when it is bytes. */
export const MQTT_PROP_PAYLOAD_FORMAT_INDICATOR = 1;
/** 'message-expiry-interval' of PUBLISH and the will: seconds after which the message is no longer delivered. */
export const MQTT_PROP_MESSAGE_EXPIRY_INTERVAL = 2;
/** 'content-type' of PUBLISH and the will: the type of the payload, such as a MIME type. */
export const MQTT_PROP_CONTENT_TYPE = 3;
/** 'response-topic' of PUBLISH and the will: the topic for a response. */
export const MQTT_PROP_RESPONSE_TOPIC = 8;
/** 'correlation-data' of PUBLISH and the will: bytes that identify the request of a response. */
export const MQTT_PROP_CORRELATION_DATA = 9;
/** 'subscription-identifier' of SUBSCRIBE, and of each PUBLISH by that subscription: a number, 1 to 268435455. */
export const MQTT_PROP_SUBSCRIPTION_IDENTIFIER = 11;
/** 'session-expiry-interval' of CONNECT, CONNACK and DISCONNECT: seconds for which the session outlives the connection. */
export const MQTT_PROP_SESSION_EXPIRY_INTERVAL = 17;
/** 'assigned-client-identifier' of CONNACK: the id that the broker has given to a client without one. */
export const MQTT_PROP_ASSIGNED_CLIENT_IDENTIFIER = 18;
/** 'server-keep-alive' of CONNACK: seconds that replace the client's own keepalive. */
export const MQTT_PROP_SERVER_KEEP_ALIVE = 19;
/** 'authentication-method' of CONNECT, CONNACK and AUTH: the name of an extended authentication. */
export const MQTT_PROP_AUTHENTICATION_METHOD = 21;
/** 'authentication-data' of CONNECT, CONNACK and AUTH: bytes of an extended authentication. */
export const MQTT_PROP_AUTHENTICATION_DATA = 22;
/** 'request-problem-information' of CONNECT: 0 asks for no reason strings and user properties, except in PUBLISH, CONNACK and DISCONNECT. */
export const MQTT_PROP_REQUEST_PROBLEM_INFORMATION = 23;
/** 'will-delay-interval' of the will: seconds by which the broker delays its publication. */
export const MQTT_PROP_WILL_DELAY_INTERVAL = 24;
/** 'request-response-information' of CONNECT: 1 asks for 'response-information'. */
export const MQTT_PROP_REQUEST_RESPONSE_INFORMATION = 25;
/** 'response-information' of CONNACK: text from which to make response topics. */
export const MQTT_PROP_RESPONSE_INFORMATION = 26;
/** 'server-reference' of CONNACK and DISCONNECT: the server to use instead. */
export const MQTT_PROP_SERVER_REFERENCE = 28;
/** 'reason-string' of every answer, DISCONNECT and AUTH: the reason in words, for people. */
export const MQTT_PROP_REASON_STRING = 31;
/** 'receive-maximum' of CONNECT and CONNACK: the number of QoS 1 and 2 messages that its sender accepts before it acknowledges the first. */
export const MQTT_PROP_RECEIVE_MAXIMUM = 33;
/** 'topic-alias-maximum' of CONNECT and CONNACK: the largest topic alias that its sender accepts. */
export const MQTT_PROP_TOPIC_ALIAS_MAXIMUM = 34;
/** 'topic-alias' of PUBLISH: a number that stands for the topic on this connection. */
export const MQTT_PROP_TOPIC_ALIAS = 35;
/** 'maximum-qos' of CONNACK: 0 or 1, the highest QoS of a broker that does not support all. */
export const MQTT_PROP_MAXIMUM_QOS = 36;
/** 'retain-available' of CONNACK: 0 when the broker stores no retained messages. */
export const MQTT_PROP_RETAIN_AVAILABLE = 37;
/** 'user-property' of every packet: a name and a value; the sender may repeat it and chooses the order. */
export const MQTT_PROP_USER_PROPERTY = 38;
/** 'maximum-packet-size' of CONNECT and CONNACK: bytes of the largest packet that its sender accepts. */
export const MQTT_PROP_MAXIMUM_PACKET_SIZE = 39;
/** 'wildcard-subscription-available' of CONNACK: 0 when the broker supports no wildcards. */
export const MQTT_PROP_WILDCARD_SUB_AVAILABLE = 40;
/** 'subscription-identifier-available' of CONNACK: 0 when the broker supports no subscription identifiers. */
export const MQTT_PROP_SUBSCRIPTION_ID_AVAILABLE = 41;
/** 'shared-subscription-available' of CONNACK: 0 when the broker supports no shared subscriptions. */
export const MQTT_PROP_SHARED_SUB_AVAILABLE = 42;

// Types of the properties of MQTT 5.

/** A number, 0 to 255. */
export const MQTT_PROP_TYPE_BYTE = 1;
/** A number, 0 to 65535. */
export const MQTT_PROP_TYPE_INT16 = 2;
/** A number, 0 to 4294967295. */
export const MQTT_PROP_TYPE_INT32 = 3;
/** A number, 0 to 268435455, in one to four bytes. */
export const MQTT_PROP_TYPE_VARINT = 4;
/** Bytes, 65535 at most. */
export const MQTT_PROP_TYPE_BINARY = 5;
/** A string of at most 65535 bytes of UTF-8. */
export const MQTT_PROP_TYPE_STRING = 6;
/** A name and a value, both strings. */
export const MQTT_PROP_TYPE_STRING_PAIR = 7;

// Options of subscribe() in MQTT 5, to be combined with |.

/** Send the retained messages now; the default. */
export const MQTT_SUB_OPT_SEND_RETAIN_ALWAYS = 0;
/** Do not send this client the messages that it has published itself. */
export const MQTT_SUB_OPT_NO_LOCAL = 4;
/** Keep the retain flag of messages as the publisher has set it. */
export const MQTT_SUB_OPT_RETAIN_AS_PUBLISHED = 8;
/** Send the retained messages now if there was no such subscription before. */
export const MQTT_SUB_OPT_SEND_RETAIN_NEW = 16;
/** Send no retained messages now. */
export const MQTT_SUB_OPT_SEND_RETAIN_NEVER = 32;

// Types of packets: the first byte of each, without flags.

/** No packet: MQTT reserves this type. */
export const CMD_RESERVED = 0;
/** Client to broker: begins the session. */
export const CMD_CONNECT = 16;
/** Broker to client: the answer to CONNECT. */
export const CMD_CONNACK = 32;
/** Either way: a message. */
export const CMD_PUBLISH = 48;
/** Either way: a QoS 1 message has arrived. */
export const CMD_PUBACK = 64;
/** Either way: a QoS 2 message has arrived, step 1 of 3. */
export const CMD_PUBREC = 80;
/** Either way: a QoS 2 message may be delivered, step 2 of 3. */
export const CMD_PUBREL = 96;
/** Either way: a QoS 2 message is complete, step 3 of 3. */
export const CMD_PUBCOMP = 112;
/** Client to broker: asks for the messages of some topics. */
export const CMD_SUBSCRIBE = 128;
/** Broker to client: the answer to SUBSCRIBE. */
export const CMD_SUBACK = 144;
/** Client to broker: ends the subscription to some topics. */
export const CMD_UNSUBSCRIBE = 160;
/** Broker to client: the answer to UNSUBSCRIBE. */
export const CMD_UNSUBACK = 176;
/** Client to broker: asks for a sign of life. */
export const CMD_PINGREQ = 192;
/** Broker to client: the sign of life. */
export const CMD_PINGRESP = 208;
/** Client to broker, in MQTT 5 either way: ends the connection. */
export const CMD_DISCONNECT = 224;
/** MQTT 5, either way: a step of extended authentication. */
export const CMD_AUTH = 240;
/** No packet, but the will in CONNECT, which has properties of its own: for property_check_command(). */
export const CMD_WILL = 256;

// Limits.

/** 'session-expiry-interval': the session ends with the connection. */
export const MQTT_SESSION_EXPIRY_IMMEDIATE = 0;
/** Bytes of a client id that every MQTT 3.1 broker accepts; later versions allow more. */
export const MOSQ_MQTT_ID_MAX_LENGTH = 23;
/** Bytes of the largest payload: 256 MiB less one. */
export const MQTT_MAX_PAYLOAD = 268435455;
/** 'session-expiry-interval': the session does not end. */
export const MQTT_SESSION_EXPIRY_NEVER = 4294967295;

// The protocol's name and version as a CONNECT packet gives them.

/** The protocol's name in MQTT 3.1. */
export const PROTOCOL_NAME_v31 = 'MQIsdp';
/** The protocol's version in MQTT 3.1. */
export const PROTOCOL_VERSION_v31 = 3;
/** The protocol's name from MQTT 3.1.1 on. */
export const PROTOCOL_NAME = 'MQTT';
/** The protocol's version in MQTT 3.1.1. */
export const PROTOCOL_VERSION_v311 = 4;
/** The protocol's version in MQTT 5. */
export const PROTOCOL_VERSION_v5 = 5;
