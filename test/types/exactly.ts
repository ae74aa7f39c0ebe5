/** Whether two types are identical, and not only assignable to one another. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the type of `value` is exactly `Expected`. */
export function exactly<Expected>() {
  return <const Actual>(value: Actual, same: Same<Actual, Expected>): void => {
    used.push([value, same]);
  };
}

/** For values of which only the type matters. */
export const used: unknown[] = [];
