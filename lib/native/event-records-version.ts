// Generated from scripts/events/records.json by scripts/generate-events.mjs: do not edit.

/** A checksum of the layout of all records. An addon with another checksum is refused. */
export const EVENT_RECORDS_VERSION = 0x65c5b4a3;
