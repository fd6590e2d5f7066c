// How fast bytes go and how long it still takes, from what was sent in the last seconds. Pure.
export interface Sample {
  at_ms: number;
  bytes: number;
}
const WINDOW_MS = 4000;
const SAMPLES_MAX = 200;

// Keeps one sample older than the window, so that a slow line still has a rate.
export function withSample(samples: Sample[], sample: Sample): Sample[] {
  const next = [...samples, sample];
  while (next.length > 2 && (next.length > SAMPLES_MAX || sample.at_ms - next[1]!.at_ms > WINDOW_MS)) next.shift();
  return next;
}

// Bytes a second; null until two samples lie apart.
export function bytesPerSecond(samples: Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at_ms - first.at_ms < 200) return null;
  return ((last.bytes - first.bytes) * 1000) / (last.at_ms - first.at_ms);
}

export function secondsLeft(sent: number, total: number, rate: number | null): number | null {
  if (rate === null || rate <= 0) return null;
  return Math.ceil(Math.max(0, total - sent) / rate);
}

const UNITS = ['B', 'KB', 'MB', 'GB'] as const;
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 }).format(value)} ${UNITS[unit]}`;
}

// "8 seconds", "3 minutes"; rounded up, for nobody minds being early.
export function durationText(seconds: number): string {
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  if (seconds < 60) return plural(Math.max(1, Math.ceil(seconds)), 'second');
  if (seconds < 5400) return plural(Math.ceil(seconds / 60), 'minute');
  return plural(Math.ceil(seconds / 3600), 'hour');
}
