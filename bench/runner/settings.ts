/** How long a client is measured, and on which processors. */
export interface Settings {
  readonly warmup: number;
  readonly seconds: number;
  /** This many messages rather than for so many seconds, when not 0. */
  readonly count: number;
  /** The other end has a processor of its own, and the client the others. */
  readonly pin: boolean;
}
