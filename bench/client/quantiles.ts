/** Returns quantiles of `times`, in microseconds. `times` are milliseconds. */
export function quantiles(times: number[]): { p50: number; p99: number; p999: number } {
  const sorted = Float64Array.from(times).sort();
  const at = (q: number): number => (sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN) * 1000;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
