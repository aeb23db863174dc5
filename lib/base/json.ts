/** Any value JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` if it is a string, else undefined. */
export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `value` if it is a finite number, else undefined. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** `value` if it is a JSON object, else undefined. */
export function asObject(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

/** `value` if it is an array, else an empty one. */
export function asArray(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** True when a value holds more than `most` values, itself among them; it stops looking at that number. */
export function hasMoreValues(value: Json, most: number): boolean {
  const open = [value];
  let left = most;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    left -= 1;
    if (typeof next === 'object' && next !== null) {
      const inner: readonly Json[] = Array.isArray(next) ? next : Object.values(next);
      if (open.length + inner.length > left) return true;
      open.push(...inner);
    }
  }
  return left < 0;
}

/** True when arrays and objects are nested deeper than `depth` levels; it stops looking at that depth. */
export function isNestedDeeper(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  const inner = Array.isArray(value) ? value : Object.values(value);
  return inner.some((item: Json) => isNestedDeeper(item, depth - 1));
}
