/** The duration of a measurement of a client, and its processors. */
export interface Settings {
  readonly warmup: number;
  readonly seconds: number;
  /** The number of messages, instead of a duration, when not 0. */
  readonly count: number;
  /** The other end has a processor of its own, and the client the others. */
  readonly pin: boolean;
}
