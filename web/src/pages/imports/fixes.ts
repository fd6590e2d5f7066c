// Cells a person has mended in the check step, until they are planned again. Pure.
export interface Fix {
  index: number; // of the row, as in /rows
  column: string; // header
  value: string;
}
export type Fixes = ReadonlyMap<string, Fix>;

// The server takes so many in one import.
export const FIXES_MAX = 1000;
export const noFixes: Fixes = new Map();

const key = (index: number, column: string) => `${index}:${column}`;

export function fixOf(fixes: Fixes, index: number, column: string): string | undefined {
  return fixes.get(key(index, column))?.value;
}

// Typing back what the file says takes the fix out again. A fix beyond the limit is not taken; the map stays as it is.
export function withFix(fixes: Fixes, fix: Fix, original: string): Fixes {
  const next = new Map(fixes);
  const at = key(fix.index, fix.column);
  if (fix.value === original) next.delete(at);
  else if (next.has(at) || next.size < FIXES_MAX) next.set(at, fix);
  return next;
}

// What the plan has kept already and what was typed since, the newer word of a cell last; in the order of the file.
export function fixList(planned: Fix[], fixes: Fixes): Fix[] {
  const all = new Map(planned.map((fix) => [key(fix.index, fix.column), fix]));
  for (const [at, fix] of fixes) all.set(at, fix);
  return [...all.values()].sort((a, b) => a.index - b.index || a.column.localeCompare(b.column)).slice(0, FIXES_MAX);
}
