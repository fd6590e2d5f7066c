// The frames of the live socket (api/openapi.yaml, LiveHello and its neighbours), read without trust.
import type { Schemas } from '@/api/client';
import type { Counts, ImportProgress, JournalRow, Metrics } from '@/api/agreed';

export interface RunningImport {
  import_id: string;
  counts: Counts;
  progress: ImportProgress;
}
export type BurstCounts = Record<string, Record<string, number>>; // source → kind → how many

export type LiveFrame =
  | Schemas['LiveHello']
  | { type: 'events'; from: number; to: number; events: JournalRow[]; metrics?: Metrics; imports?: RunningImport[] }
  | { type: 'burst'; from: number; to: number; counts: BurstCounts; metrics?: Metrics; imports?: RunningImport[] }
  | { type: 'state'; metrics?: Metrics; imports?: RunningImport[] }
  | Schemas['LiveResync'];

const kTypes = new Set(['hello', 'events', 'burst', 'state', 'resync']);

// A frame, or null for what a newer server may send and this app does not know.
export function readFrame(text: string): LiveFrame | null {
  try {
    const said = JSON.parse(text) as { type?: unknown } | null;
    return said !== null && typeof said.type === 'string' && kTypes.has(said.type) ? (said as LiveFrame) : null;
  } catch {
    return null;
  }
}
