/** The place of a problem, as the API server writes it: `spec.ports[0].port`. */
export function childPath(path: string, name: string | number): string {
  if (typeof name === 'number') return `${path}[${name}]`;
  if (/^[A-Za-z_$][\w$]*$/.test(name)) return path === '' ? name : `${path}.${name}`;
  return `${path}[${name}]`;
}

/** A value as problems quote it, shortened. */
export function quote(value: unknown): string {
  // JSON has no word for numbers that are none.
  return shorten(typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)));
}

/** A text of a length that fits into a sentence. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
