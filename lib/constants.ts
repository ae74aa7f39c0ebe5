// Generated from the headers of libmosquitto by scripts/generate-constants.mjs: do not edit.

// What methods and callbacks return and are given as `rc`.

/** A limit that the broker sets was exceeded. */
export const MOSQ_ERR_QUOTA_EXCEEDED = -6;
/** Broker plugins: the decision about this client comes later. */
export const MOSQ_ERR_AUTH_DELAYED = -5;
/** Extended authentication goes on with another step. */
export const MOSQ_ERR_AUTH_CONTINUE = -4;
/** Nobody has subscribed to the message's topic. */
export const MOSQ_ERR_NO_SUBSCRIBERS = -3;
/** The subscription existed before. */
export const MOSQ_ERR_SUB_EXISTS = -2;
/** The connection is still being made. */
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
/** What was asked for is not there: a message, a property, a file. */
export const MOSQ_ERR_NOT_FOUND = 6;
/** The connection to the broker was lost. */
export const MOSQ_ERR_CONN_LOST = 7;
/** TLS failed. */
export const MOSQ_ERR_TLS = 8;
/** The payload is larger than MQTT allows. */
export const MOSQ_ERR_PAYLOAD_SIZE = 9;
/** Not in this build of the library, or not in this version of MQTT. */
export const MOSQ_ERR_NOT_SUPPORTED = 10;
/** Authentication failed. */
export const MOSQ_ERR_AUTH = 11;
/** The broker's access control forbids it. */
export const MOSQ_ERR_ACL_DENIED = 12;
/** The library cannot tell what went wrong. */
export const MOSQ_ERR_UNKNOWN = 13;
/** A system call failed: `last_errno` holds its error number. */
export const MOSQ_ERR_ERRNO = 14;
/** The host name could not be looked up: `last_errno` holds the EAI_* code. */
export const MOSQ_ERR_EAI = 15;
/** The SOCKS proxy failed or refused. */
export const MOSQ_ERR_PROXY = 16;
/** Broker plugins: another plugin is to decide. */
export const MOSQ_ERR_PLUGIN_DEFER = 17;
/** A string is not UTF-8 as MQTT demands it. */
export const MOSQ_ERR_MALFORMED_UTF8 = 18;
/** The peer was silent for longer than the keepalive allows. */
export const MOSQ_ERR_KEEPALIVE = 19;
/** A DNS look-up failed. */
export const MOSQ_ERR_LOOKUP = 20;
/** A packet could not be parsed. */
export const MOSQ_ERR_MALFORMED_PACKET = 21;
/** A property that may stand only once stands twice. */
export const MOSQ_ERR_DUPLICATE_PROPERTY = 22;
/** The TLS handshake failed. */
export const MOSQ_ERR_TLS_HANDSHAKE = 23;
/** The broker does not offer this QoS. */
export const MOSQ_ERR_QOS_NOT_SUPPORTED = 24;
/** The packet is larger than the receiver accepts. */
export const MOSQ_ERR_OVERSIZE_PACKET = 25;
/** The OCSP check of the broker's certificate failed. */
export const MOSQ_ERR_OCSP = 26;
/** It took too long. */
export const MOSQ_ERR_TIMEOUT = 27;
/** It is there already. */
export const MOSQ_ERR_ALREADY_EXISTS = 31;
/** Broker plugins: the plugin takes no part in this event. */
export const MOSQ_ERR_PLUGIN_IGNORE = 32;
/** WebSockets: the Origin header is not one that is allowed. */
export const MOSQ_ERR_HTTP_BAD_ORIGIN = 33;
/** MQTT 5 reason code 0x80: the sender gives no reason. */
export const MOSQ_ERR_UNSPECIFIED = 128;
/** MQTT 5 reason code 0x83: valid, but this receiver does not accept it. */
export const MOSQ_ERR_IMPLEMENTATION_SPECIFIC = 131;
/** MQTT 5 reason code 0x84: the broker does not speak this version of MQTT. */
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
/** MQTT 5 reason code 0x8C: the authentication method is not known, or not the one that was begun with. */
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
/** MQTT 5 reason code 0x96: messages come too fast. */
export const MOSQ_ERR_MESSAGE_RATE_TOO_HIGH = 150;
/** MQTT 5 reason code 0x98: an administrator ended the connection. */
export const MOSQ_ERR_ADMINISTRATIVE_ACTION = 152;
/** MQTT 5 reason code 0x99: the payload is not what its format indicator says. */
export const MOSQ_ERR_PAYLOAD_FORMAT_INVALID = 153;
/** MQTT 5 reason code 0x9A: the server stores no retained messages. */
export const MOSQ_ERR_RETAIN_NOT_SUPPORTED = 154;
/** MQTT 5 reason code 0x9C: another server is to be used for now. */
export const MOSQ_ERR_USE_ANOTHER_SERVER = 156;
/** MQTT 5 reason code 0x9D: another server is to be used from now on. */
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
/** What may be of interest. */
export const MOSQ_LOG_INFO = 1;
/** What is normal, but worth knowing. */
export const MOSQ_LOG_NOTICE = 2;
/** What may need a look, such as a failed attempt to connect. */
export const MOSQ_LOG_WARNING = 4;
/** What has gone wrong. */
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
