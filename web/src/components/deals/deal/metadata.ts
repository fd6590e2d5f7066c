// The extra data of a source as lines one can read: nested names joined, lists with commas. Pure.
const kLinesMax = 60;

export function flatten(data: unknown): [string, string][] {
  const lines: [string, string][] = [];
  const walk = (value: unknown, path: string[]) => {
    if (lines.length >= kLinesMax || value === null || value === undefined || value === '') return;
    if (Array.isArray(value) && value.every((part) => typeof part !== 'object')) return void lines.push([path.join(' › '), value.join(', ')]);
    if (typeof value === 'object') {
      for (const [key, part] of Object.entries(value)) walk(part, [...path, key.replaceAll('_', ' ')]);
      return;
    }
    lines.push([path.join(' › '), typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)]);
  };
  walk(data, []);
  return lines;
}
