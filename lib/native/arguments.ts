// Checks of the arguments that JavaScript itself uses. The addon checks all others, with error messages of the same form.

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

export function check_integer(position: number, name: string, value: unknown): void {
  if (typeof value === 'number' && (value | 0) === value) return;
  throw new TypeError(`argument ${position} (${name}) must be an integer, got ${shown(value)}`);
}

export function check_boolean(position: number, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new TypeError(`argument ${position} (${name}) must be a boolean, got ${shown(value)}`);
}

export function check_object(position: number, name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return;
  throw new TypeError(`argument ${position} (${name}) must be an object, got ${shown(value)}`);
}

/** Refuses a URL in the place of a host name, an address or a unix socket's path. The addon checks the type. */
export function check_hostname(name: string, value: unknown): void {
  if (typeof value !== 'string' || !/^[a-z][a-z\d+.-]*:\/\//i.test(value)) return;
  throw new TypeError(`argument 1 (${name}) must be a host name, not a URL, got ${shown(value)}`);
}

export function check_callback(name: string, value: unknown): void {
  if (value === null || typeof value === 'function') return;
  throw new TypeError(`${name} must be a function or null, got ${shown(value)}`);
}

export function check_function(position: number, name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new TypeError(`argument ${position} (${name}) must be a function, got ${shown(value)}`);
}
